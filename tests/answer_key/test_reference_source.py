"""Where an answer key's values come from, as far as it goes without a kernel."""

import ast

import pytest

from grader.answer_key.reference_source import reference_sha256, reference_sources
from grader.errors import AnswerKeyError
from grader.rubric.load import find_rubric
from tests.builders import rubric

SHIPPED = find_rubric(None).rubric


def test_the_references_cells_import_nothing_of_their_own_package() -> None:
    """What runs in a kernel is the source alone: the package is not importable there."""
    for source in reference_sources(SHIPPED):
        imported = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)]
        assert not [n for n in imported if (n.module or "").split(".")[0] == "reference"]


def test_every_variant_and_mistake_is_in_the_sources() -> None:
    """The functions a rubric names are those that the modules define."""
    trees = [ast.parse(source) for source in reference_sources(SHIPPED)]
    defined = {n.name for tree in trees for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert {v.source for v in SHIPPED.variants if v.source} <= defined
    assert {m.source for m in SHIPPED.mistakes if m.source} <= defined


def test_the_digest_is_of_the_sources() -> None:
    """The same sources have the same digest; fewer of them have another."""
    plan = SHIPPED.reference.model_copy(update={"mistakes": None})
    assert reference_sha256(SHIPPED) == reference_sha256(SHIPPED)
    assert reference_sha256(SHIPPED.model_copy(update={"reference": plan})) != reference_sha256(
        SHIPPED
    )


def test_an_absent_reference_is_said() -> None:
    """A student's machine has none: the message names the package."""
    with pytest.raises(AnswerKeyError, match="the package 'mini' that could make one"):
        reference_sources(rubric())
