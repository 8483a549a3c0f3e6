"""The source of the reference, as cells of a notebook."""

import ast

import pytest

from grader.answer_key.known_answers import reference_mistakes
from grader.answer_key.reference_source import reference_sha256, reference_sources
from grader.errors import AnswerKeyError
from grader.rubric.load import load_rubric
from tests.builders import rubric

SHIPPED = load_rubric(None).rubric


def test_the_references_cells_import_nothing_of_their_own_package() -> None:
    """Cells do not import the reference's package, which does not exist in the kernel."""
    for source in reference_sources(SHIPPED):
        imported = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)]
        assert not [n for n in imported if (n.module or "").split(".")[0] == "reference"]


def test_every_variant_and_mistake_is_in_the_sources() -> None:
    """Every function that a variant or mistake names is defined by the modules."""
    trees = [ast.parse(source) for source in reference_sources(SHIPPED)]
    defined = {n.name for tree in trees for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert {v.source for v in SHIPPED.variants if v.source} <= defined
    assert {m.source for m in reference_mistakes(SHIPPED) if m.source} <= defined


def test_the_digest_is_of_the_sources() -> None:
    """The same sources have the same digest; fewer of them have another."""
    plan = SHIPPED.reference.model_copy(update={"mistakes": None})
    assert reference_sha256(SHIPPED) == reference_sha256(SHIPPED)
    assert reference_sha256(SHIPPED.model_copy(update={"reference": plan})) != reference_sha256(
        SHIPPED
    )


def test_an_absent_reference_is_said() -> None:
    """Without the reference, the message names the package."""
    with pytest.raises(AnswerKeyError, match="the package 'mini' that could make one"):
        reference_sources(rubric())
