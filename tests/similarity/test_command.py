"""`grade similarity` over a results folder: what is shown and written, and whatever is in there."""

import csv
import hashlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.batch.results.store import EXECUTED, STORED, Results
from grader.cli import cli
from grader.errors import GraderError
from grader.protocol.values import Expected, Failure, Observation
from grader.rubric.load import load_rubric
from grader.similarity.normalise import MOST
from tests.batch.stored_runs import MINI, RIGHT, TEXT
from tests.builders import array
from tests.notebooks import write
from tests.similarity.course import answered, kept, notebook_of

ANN, BOB = notebook_of("first_right"), notebook_of("second_right")
Answers = Mapping[str, Observation]
WIDE = array([[0.5, 0.25, 3.0, 7.0], [0.125, 2.0, 4.0, 9.0]])
SECOND = ", {kind: close, probe: unread}"
RIGHT_ONES: dict[str, Observation] = dict.fromkeys(RIGHT, WIDE)
KEY = replace(MINI.key, expected={name: Expected(value=WIDE) for name in RIGHT}, variants={})
WRONG = array([[0.5, 0.25, 7.0, 3.0], [0.125, 2.0, 9.0, 4.0]])


def run(results: Results, *more: object) -> Result:
    """Run the command as a user does."""
    arguments = ["similarity", str(results.folder), *map(str, more)]
    return CliRunner().invoke(cli, arguments, env={"COLUMNS": "160"}, catch_exceptions=True)


def said(results: Results, *more: object) -> str:
    """What a run that goes well says."""
    done = run(results, *more)
    assert done.exception is None, done.exception
    return done.output


def flat(text: str) -> str:
    """As one line."""
    return re.sub(r"\s+", " ", text)


def rows(path: Path) -> list[dict[str, str]]:
    """A table that was written."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    """Every file, by what is in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Eve has Ann's notebook, Bob his own."""
    return kept(tmp_path / "results", {"ann": ANN, "bob": BOB, "eve": ANN}, eve="=Eve\u202e[red]")


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    """The mini rubric, whose first criterion asks a function twice."""
    one, two = (f"checks: [{{kind: close, probe: first}}{more}]" for more in ("", SECOND))
    (tmp_path / "mini.yaml").write_text(TEXT.replace(one, two))
    return tmp_path / "mini.yaml"


def laid(folder: Path, rubric: Path, cells: list[str], **answers: Answers) -> Results:
    """A results folder of students with the same code, who gave these answers."""
    course = replace(MINI, file=load_rubric(rubric), key=KEY)
    made = kept(folder / "results", dict.fromkeys(answers, cells), course.file)
    for key, own in answers.items():
        answered(made, course, {**RIGHT_ONES, **own}, key)
    return made


def test_a_copy_is_shown_and_nothing_is_changed(results: Results) -> None:
    """The pair, with what may explain it; the results folder is as before."""
    before = digests(results.folder)
    text = flat(said(results))
    assert "3 students compared: 1 pair with at least 80% of one's code in the other's" in text
    assert "ann eve (=Eve\\u202e[red]) 100% 100%" in text
    assert "Similar is not copied." in text
    assert "0 groups gave the same wrong numbers" in text
    assert not re.search(r"cheat|plagiar", text, re.IGNORECASE)
    assert digests(results.folder) == before


def test_tables_are_written_where_they_are_asked_for(results: Results, tmp_path: Path) -> None:
    """A row a pair, with nothing in it that a spreadsheet obeys; a second run changes nothing."""
    folder = tmp_path / "new" / "out"
    said(results, "-o", folder)
    written = digests(folder)
    (found,) = rows(folder / "similarity.csv")
    assert (found["student_a"], found["student_b"]) == ("ann", "eve")
    assert (found["name_b"], found["share_of_a"]) == ("'=Eve\\u202e[red]", "1")
    assert "ablate_heads (100%, 100%)" in found["functions"]
    assert rows(folder / "clusters.csv") == []
    said(results, "-o", folder)
    assert digests(folder) == written


def test_the_share_can_be_chosen(results: Results) -> None:
    """From none to all of one's code."""
    assert "3 pairs" in said(results, "--at-least", "0")
    assert "1 pair" in said(results, "--at-least", "1")
    assert run(results, "--at-least", "1.5").exit_code == 2


def test_two_students_side_by_side(results: Results) -> None:
    """Their functions as they wrote them, or that nothing is similar."""
    text = said(results, "--compare", "eve", "ann")
    assert len(re.findall("def compute_induction_scores", text)) == 2
    assert "Weights all the patterns" in text
    assert "Of all their code: 100%, 100%." in text
    assert "Nothing of theirs is similar" in said(results, "--compare", "ann", "bob")
    assert "def ablate_heads" in said(results, "--compare", "ann", "bob", "--at-least", "0")
    assert "two students" in run(results, "--compare", "ann", "ann").output
    failed = run(results, "--compare", "ann", "zoe").exception
    assert isinstance(failed, GraderError)
    assert "Nobody is called 'zoe': give a student's key, such as ann, bob, eve." in str(failed)


def test_code_that_is_shown_obeys_nobody(results: Results) -> None:
    """What a terminal would take for an order is visible, and a function has an end."""
    body = "\n".join(f"    x = f(x, {i})" for i in range(300))
    cell = f"def g(x):\n    print('[red]\x1b[2J')\n{body}\n    return 'the end'"
    results = kept(results.folder, {"ann": [cell], "bob": [cell]})
    text = said(results, "--compare", "ann", "bob")
    assert text.count("[red]\\x1b[2J") + text.count("[red]\\u001b[2J") == 2
    assert "\x1b" not in text
    assert ("x = f(x, 197)" in text, "the end" in text) == (True, False)


def test_code_that_was_handed_out_is_left_out(results: Results, tmp_path: Path) -> None:
    """A notebook with worked examples makes nobody similar."""
    handed_out = write(tmp_path / "worked.ipynb", ANN)
    assert "1 student compared: 0 pairs" in said(results, "--given", handed_out)
    failed = run(results, "--given", tmp_path / "none.ipynb").exception
    assert isinstance(failed, GraderError)


def test_the_same_wrong_numbers_are_a_group(tmp_path: Path, rubric: Path) -> None:
    """By function; right ones, which more students share, are none though a criterion was lost."""
    half: Answers = {"unread": array([1.0])}
    wrong: Answers = {"first": WRONG, "plain": WRONG, **half}
    never: Answers = {"first": WRONG, "unread": Failure(kind="missing")}
    others: dict[str, Answers] = {"bob": {}, "kim": half, "lee": half, "mia": never}
    results = laid(tmp_path, rubric, ["x = 1"], ann=wrong, eve=wrong, **others)
    text = flat(said(results, "--rubric", rubric, "-o", tmp_path))
    assert "2 groups gave the same wrong numbers" in text
    assert "another rubric" not in text
    found = rows(tmp_path / "clusters.csv")
    assert [(r["cluster"], r["student"], r["function"], r["probes"]) for r in found] == [
        ("1", "ann", "f", "first"),
        ("1", "eve", "f", "first"),
        ("2", "ann", "v", "plain"),
        ("2", "eve", "v", "plain"),
    ]
    assert {(r["students"], r["numbers"], r["known_mistake"]) for r in found} == {("2", "8", "")}


def test_a_pair_says_how_many_wrong_answers_it_shares(tmp_path: Path, rubric: Path) -> None:
    """Beside similar code they say more than alone."""
    made = laid(tmp_path, rubric, ANN, ann={"first": WRONG}, eve={"first": WRONG})
    said(made, "--rubric", rubric, "-o", tmp_path)
    assert rows(tmp_path / "similarity.csv")[0]["same_wrong_answers"] == "1"


def test_what_is_damaged_is_said_and_costs_nobody_else(results: Results) -> None:
    """Notebooks and answers that cannot be read, code that is no Python, names of no folder."""
    more = {
        "cut": ANN,
        "odd": [*ANN, "def f(:", f"def g():\n    return [{'1, ' * (MOST // 2)}]"],
        "gone": BOB,
        "../x\x1b[31m\nzoe": BOB,
    }
    results = kept(results.folder, {"ann": ANN, "bob": BOB, "eve": ANN, **more})
    (results.of("cut") / EXECUTED).write_bytes(b'{"cells": [')
    (results.of("gone") / EXECUTED).unlink()
    (results.of("ann") / STORED).write_bytes(b"PK nothing")
    text = flat(said(results))
    assert "cut: executed.ipynb is not a notebook" in text
    assert "gone: no notebook of theirs has run" in text
    assert "odd: more code than anyone writes" in text
    assert "odd: 1 cells or functions cannot be read: left out" in text
    assert "observations.npz is damaged" in text
    assert "5 students compared: 4 pairs" in text
    assert "bob ../x\\u001b[31m zoe" in text or "../x\\u001b[31m zoe bob" in text
    assert "\x1b" not in text


def test_much_trouble_is_not_told_one_by_one(tmp_path: Path) -> None:
    """A folder in which hardly anything ran says so in a screen."""
    made = kept(tmp_path / "results", {f"s{i:02}": ["def f(:"] for i in range(30)})
    text = said(made)
    assert "s19: 1 cells" in text
    assert "s20" not in text
    assert "and 10 more of the kind" in text


def test_another_rubric_is_said(results: Results, rubric: Path) -> None:
    """Criteria are then not those that the answers were judged by."""
    text = flat(said(results, "--rubric", rubric))
    assert "graded by another rubric than this" in text
    assert "No template of this lab is here" in text


def test_a_folder_without_results_is_said(tmp_path: Path) -> None:
    """One line, whether it is there or not; and so is a place that cannot be written to."""
    for folder in (tmp_path, tmp_path / "none"):
        failed = run(Results(folder)).exception
        assert isinstance(failed, GraderError)
        assert "holds no results" in str(failed)
    made = kept(tmp_path / "results", {})
    assert "0 students compared: 0 pairs" in said(made)
    (tmp_path / "taken").write_text("")
    failed = run(made, "-o", tmp_path / "taken").exception
    assert "Cannot write to" in str(failed)


def test_without_the_extra_it_says_what_to_install(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line; the rest of the command line needs none of it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    failed = run(results).exception
    assert isinstance(failed, GraderError)
    assert "pip install 'induction-lab-grader[similarity]'" in str(failed)
