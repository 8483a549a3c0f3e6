"""Known mistakes and equivalent variants beside the reference's code."""

import sys
from pathlib import Path

import pytest

from grader.answer_key.find import rubric_with_mistakes, shipped_key
from grader.answer_key.known_answers import (
    equivalent_variants,
    reference_mistakes,
    with_equivalent_variants,
)
from grader.answer_key.reference_source import reference_sha256
from grader.errors import AnswerKeyError, RubricError
from grader.rubric.load import RubricFile, load_rubric, parse_rubric
from grader.rubric.model import Rubric
from tests.builders import MINI_RUBRIC

FILE = load_rubric()
MISTAKES = reference_mistakes(FILE.rubric)
DESCRIBED = """\
swapped:
  function: compute_induction_scores
  source: swapped_scores
  message: You swap two heads.
  hints: ["One.", "Two.", "Three."]
  fails: [scores]
"""
VARIANTS = """\
MODULES = ("scores",)
PREFIXES = {"scores_": "compute_induction_scores"}
"""
MODULE = """\
def printed(model): ...
def scores_loop(model): ...
def _helper(model): ...
"""
RESULTS = "as_pairs: {function: compute_induction_scores, replace_values: {scores: '1'}}\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reference with one mistake, one listed variant and two equivalent ones."""
    root = tmp_path / "minilab"
    for name, init, module in (
        ("variants", VARIANTS, MODULE),
        ("mistakes", 'MODULES = ("scores",)\n', "def swapped_scores(model): ...\n"),
    ):
        (root / name).mkdir(parents=True)
        (root / name / "__init__.py").write_text(init)
        (root / name / "scores.py").write_text(module)
    (root / "__init__.py").write_text("")
    (root / "mini.py").write_text("def compute_induction_scores(model): ...\n")
    (root / "mistakes" / "scores.yaml").write_text(DESCRIBED)
    (root / "variants" / "results.yaml").write_text(RESULTS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "minilab", raising=False)
    return root


def mini() -> Rubric:
    """Return the mini rubric with the package as its reference."""
    plan = "modules: [minilab.mini], variants: minilab.variants, mistakes: minilab.mistakes"
    return parse_rubric(MINI_RUBRIC.replace("modules: [mini]", plan), name="mini.yaml").rubric


def test_mistakes_are_read_beside_their_code(package: Path) -> None:
    """The mistakes of the reference come first, then those of the rubric itself."""
    assert package.is_dir()
    assert [mistake.name for mistake in reference_mistakes(mini())] == ["swapped", "transposed"]


def test_the_rubrics_own_mistake_replaces_one_of_the_same_name(package: Path) -> None:
    """A mistake that the rubric defines itself is not read twice."""
    path = package / "mistakes" / "scores.yaml"
    path.write_text(DESCRIBED.replace("swapped:", "transposed:"))
    (mistake,) = reference_mistakes(mini())
    assert mistake.source == "transposed_scores"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("fails: [scores]", "fails: []", r"scores.yaml:6: swapped.fails: Tuple should have"),
        ("_induction_", "_", r"scores.yaml:2: swapped.function: no probe is about"),
        ("source: swapped_scores", "credit: 0", "scores.yaml:1: swapped: give either source"),
        ("message", "says", r"scores.yaml:4: swapped.says: this key is now called message"),
        (
            "  fails",
            "  when: [{close: x}]\n  fails",
            r"scores.yaml:6: swapped.when\[0\]: no probe is named 'x'",
        ),
    ],
)
def test_a_problem_has_its_file_and_line(package: Path, old: str, new: str, expected: str) -> None:
    """A description is validated like a rubric, except for the criteria it names."""
    (package / "mistakes" / "scores.yaml").write_text(DESCRIBED.replace(old, new))
    with pytest.raises(RubricError, match=expected):
        reference_mistakes(mini())


def test_equivalent_variants_are_found_by_their_names(package: Path) -> None:
    """Public functions that the rubric does not list are found, and descriptions of values."""
    assert package.is_dir()
    found = equivalent_variants(mini())
    assert [(v.name, v.function, v.source) for v in found] == [
        ("scores_loop", "compute_induction_scores", "scores_loop"),
        ("as_pairs", "compute_induction_scores", None),
    ]
    assert all(variant.equivalent for variant in found)
    once = with_equivalent_variants(mini())
    assert with_equivalent_variants(once) == once


def test_a_variant_of_no_function_is_an_error(package: Path) -> None:
    """A function with another prefix would otherwise never be run."""
    (package / "variants" / "scores.py").write_text(MODULE + "def odd(model): ...\n")
    with pytest.raises(AnswerKeyError, match=r"scores.py: odd belongs to no function of the lab"):
        equivalent_variants(mini())


def test_descriptions_are_part_of_the_references_digest(package: Path) -> None:
    """A key holds the descriptions, so a cached one with other words is not used."""
    before = reference_sha256(mini())
    (package / "mistakes" / "scores.yaml").write_text(DESCRIBED.replace("two heads", "heads"))
    assert reference_sha256(mini()) != before


def test_the_labs_mistakes_name_criteria_of_the_lab() -> None:
    """Every criterion that a mistake names exists, and every criterion has a mistake."""
    ids = {criterion.id for criterion in FILE.rubric.criteria}
    named = {name for m in MISTAKES for name in (*m.fails, *m.may_fail)}
    assert named == ids
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


def test_the_key_that_ships_holds_the_labs_mistakes() -> None:
    """The descriptions are exported with the key: build it again after changing one."""
    key = shipped_key(FILE)
    assert key is not None
    assert key.known_mistakes == MISTAKES


def test_mistakes_are_found_without_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a student's machine they come from the key; a rubric that fits no key has none."""
    monkeypatch.setattr("grader.answer_key.find.has_reference", lambda _rubric: False)
    assert rubric_with_mistakes(FILE).mistakes == MISTAKES
    other = RubricFile(rubric=FILE.rubric.on_model("gpt2-small"), name="", sha256="")
    assert rubric_with_mistakes(other).mistakes == ()
