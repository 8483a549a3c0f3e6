"""The instructor's changes: all of them in `rubric.yaml`, none of them needs a new answer key."""

import shutil
from pathlib import Path

import pytest

from grader.answer_key.find import shipped_key
from grader.errors import RubricError
from grader.judging.judge import Judge
from grader.protocol.values import Value
from grader.report.model import Verdict
from grader.rubric.load import RubricFile, load_rubric

LAB = Path(__file__).parents[2] / "rubrics" / "induction_heads"
MAX_LINES = 450
REWORDED = """
mistakes:
  target_not_shifted:
    hints:
      - Which token does the head predict?
      - Look one position further.
      - The target is pos - seq_len + 1.
"""
CHANGES = (
    # Induction scores are worth 20: 2 + 9 + 8 + 1.
    ("title: Scores on the grading model\\n        points: 7", "points: 7", "points: 9"),
    ("title: Scores on a model of another shape\\n        points: 6", "points: 6", "points: 8"),
    # Top heads are judged more leniently.
    ("  rank: {atol: 0.01}", "0.01", "0.05"),
    # The total is computed.
    ("total: 100", "total: 100", ""),
)


def edited(folder: Path) -> RubricFile:
    """Return the lab's rubric with an instructor's changes of `rubric.yaml`."""
    shutil.copytree(LAB, folder)
    path = folder / "rubric.yaml"
    text = path.read_text(encoding="utf-8")
    for place, old, new in CHANGES:
        place_text = place.replace("\\n", "\n")
        assert text.count(place_text) == 1
        text = text.replace(place_text, place_text.replace(old, new))
    start, end = text.index("\n  notebook:  #"), text.index("\n  plot_attention_pattern:")
    text = text[:start] + text[end:]  # figures are dropped
    path.write_text(text + REWORDED, encoding="utf-8")
    return load_rubric(folder)


def judged(file: RubricFile, mistake: str) -> dict[str, Verdict]:
    """Return the verdicts on the reference's answers with those of one mistake."""
    key = shipped_key(file)
    assert key is not None
    rubric = file.rubric.with_mistakes(key.known_mistakes).without_hidden()
    answers: dict[str, Value] = {name: expected.value for name, expected in key.expected.items()}
    judge = Judge(
        rubric=rubric,
        key=key,
        observations=answers | dict(key.mistakes[mistake]),
        seconds={},
        defined_names=frozenset(rubric.functions),
    )
    return {verdict.id: verdict for verdict in judge.verdicts()}


def test_the_instructors_file_is_short() -> None:
    """The file that an instructor edits has at most 450 lines, and all tolerance classes."""
    text = (LAB / "rubric.yaml").read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES
    rubric = load_rubric().rubric
    assert rubric.tolerances.keys() == rubric.all_tolerances.keys()


def test_an_instructors_changes_need_no_new_key(tmp_path: Path) -> None:
    """Points, dropped figures, a wider tolerance and a hint change; the shipped key still fits."""
    file = edited(tmp_path / "lab")
    points = {
        function: sum(c.points for c in file.rubric.criteria if c.function == function)
        for function in ("compute_induction_scores", None)
    }
    assert points == {"compute_induction_scores": 20, None: 0}
    assert file.rubric.total == 100 + 4 - 4
    assert file.rubric.all_tolerances["rank"].atol == 0.05
    assert file.probing_sha256 == load_rubric().probing_sha256


def test_the_changed_rubric_grades(tmp_path: Path) -> None:
    """A known mistake is recognised, with the reworded hint and the new points."""
    verdicts = judged(edited(tmp_path / "lab"), "target_not_shifted")
    scores = verdicts["scores_planted"]
    assert scores.misconception == "target_not_shifted"
    assert scores.hints[0] == "Which token does the head predict?"
    assert (scores.points, scores.max_points) == (9 * 0.25, 9)
    assert "scores_drawn" not in verdicts


def test_a_rewording_of_an_unknown_mistake_is_an_error(tmp_path: Path) -> None:
    """A misspelt name would otherwise change nothing, silently."""
    shutil.copytree(LAB, tmp_path / "lab")
    with (tmp_path / "lab" / "rubric.yaml").open("a", encoding="utf-8") as file:
        file.write(REWORDED.replace("target_not_shifted", "target_not_shiftd"))
    loaded = load_rubric(tmp_path / "lab")
    key = shipped_key(loaded)
    assert key is not None
    with pytest.raises(RubricError, match=r"mistakes\.target_not_shiftd: no mistake"):
        loaded.rubric.with_mistakes(key.known_mistakes)
