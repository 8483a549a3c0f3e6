"""Tests of `grade similarity`: what it shows and writes, also for damaged results folders."""

import csv
import hashlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.batch.results.store import EXECUTED_FILE, STORED_RUN_FILE, ResultsStore
from grader.cli import cli
from grader.errors import GraderError
from grader.protocol.values import Expected, Failure, Observation
from grader.rubric.load import load_rubric
from grader.similarity.normalise import MAX_CHARACTERS
from tests.batch.stored_runs import MINI, RIGHT, TEXT
from tests.builders import array
from tests.notebooks import write
from tests.similarity.course import add_answers, notebook_of, write_results

ANN, BOB = notebook_of("first_right"), notebook_of("second_right")
Answers = Mapping[str, Observation]
WIDE = array([[0.5, 0.25, 3.0, 7.0], [0.125, 2.0, 4.0, 9.0]])
RIGHT_ONES: dict[str, Observation] = dict.fromkeys(RIGHT, WIDE)
KEY = replace(MINI.key, expected={name: Expected(value=WIDE) for name in RIGHT}, variants={})
WRONG = array([[0.5, 0.25, 7.0, 3.0], [0.125, 2.0, 9.0, 4.0]])


def run(results: ResultsStore, *more: object) -> Result:
    """Run the command."""
    arguments = ["similarity", str(results.folder), *map(str, more)]
    return CliRunner().invoke(cli, arguments, env={"COLUMNS": "160"}, catch_exceptions=True)


def output_of(results: ResultsStore, *more: object) -> str:
    """Run the command without an error, and return its output."""
    done = run(results, *more)
    assert done.exception is None, done.exception
    return done.output


def one_line(text: str) -> str:
    """Join the lines of a text."""
    return re.sub(r"\s+", " ", text)


def rows(path: Path) -> list[dict[str, str]]:
    """Parse a table that was written."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    """Return the digests of all files in a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def results(tmp_path: Path) -> ResultsStore:
    """Write results in which Eve has Ann's notebook, and Bob his own."""
    return write_results(
        tmp_path / "results", {"ann": ANN, "bob": BOB, "eve": ANN}, eve="=Eve\u202e[red]"
    )


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    """Write the mini rubric with two probes in its first criterion."""
    one = "checks: [{close: first}]"
    assert one in TEXT
    text = TEXT.replace(one, "checks: [{close: first}, {close: unread}]")
    (tmp_path / "mini.yaml").write_text(text)
    return tmp_path / "mini.yaml"


def write_answers(folder: Path, rubric: Path, cells: list[str], **answers: Answers) -> ResultsStore:
    """Write results of students with the same code, who gave these answers."""
    course = replace(MINI, file=load_rubric(rubric), key=KEY)
    made = write_results(folder / "results", dict.fromkeys(answers, cells), course.file)
    for key, own in answers.items():
        add_answers(made, course, {**RIGHT_ONES, **own}, key)
    return made


def test_a_copy_is_shown_and_nothing_is_changed(results: ResultsStore) -> None:
    """The pair is shown with a caution, and the results folder does not change."""
    before = digests(results.folder)
    text = one_line(output_of(results))
    assert "3 students compared: 1 pair with at least 80% of one's code in the other's" in text
    assert "ann eve (=Eve\\u202e[red]) 100% 100%" in text
    assert "Similar code does not prove copying." in text
    assert "0 groups gave the same wrong numbers" in text
    assert not re.search(r"cheat|plagiar", text, re.IGNORECASE)
    assert digests(results.folder) == before


def test_tables_are_written_on_request(results: ResultsStore, tmp_path: Path) -> None:
    """There is one row per pair, with formulas escaped; a second run changes nothing."""
    folder = tmp_path / "new" / "out"
    output_of(results, "-o", folder)
    written = digests(folder)
    (found,) = rows(folder / "similarity.csv")
    assert (found["student_a"], found["student_b"]) == ("ann", "eve")
    assert (found["name_b"], found["share_of_a"]) == ("'=Eve\\u202e[red]", "1")
    assert "ablate_heads (100%, 100%)" in found["functions"]
    assert rows(folder / "clusters.csv") == []
    output_of(results, "-o", folder)
    assert digests(folder) == written


def test_the_minimum_similarity_can_be_chosen(results: ResultsStore) -> None:
    """The option takes a fraction from 0 to 1."""
    assert "3 pairs" in output_of(results, "--min-similarity", "0")
    assert "1 pair" in output_of(results, "--min-similarity", "1")
    assert run(results, "--min-similarity", "1.5").exit_code == 2


def test_two_students_are_shown_side_by_side(results: ResultsStore) -> None:
    """Their similar functions are shown as written, or a message if there are none."""
    text = output_of(results, "--compare", "eve", "ann")
    assert len(re.findall("def compute_induction_scores", text)) == 2
    assert "Weights all the patterns" in text
    assert "Of all their code: 100%, 100%." in text
    assert "They have no similar functions" in output_of(results, "--compare", "ann", "bob")
    assert "def ablate_heads" in output_of(
        results, "--compare", "ann", "bob", "--min-similarity", "0"
    )
    assert "two students" in run(results, "--compare", "ann", "ann").output
    failed = run(results, "--compare", "ann", "zoe").exception
    assert isinstance(failed, GraderError)
    assert "Nobody is called 'zoe': give a student's key, such as ann, bob, eve." in str(failed)


def test_shown_code_is_escaped_and_shortened(results: ResultsStore) -> None:
    """Control characters and markup are shown literally, and long functions are cut."""
    body = "\n".join(f"    x = f(x, {i})" for i in range(300))
    cell = f"def g(x):\n    print('[red]\x1b[2J')\n{body}\n    return 'the end'"
    results = write_results(results.folder, {"ann": [cell], "bob": [cell]})
    text = output_of(results, "--compare", "ann", "bob")
    assert text.count("[red]\\x1b[2J") + text.count("[red]\\u001b[2J") == 2
    assert "\x1b" not in text
    assert ("x = f(x, 197)" in text, "the end" in text) == (True, False)


def test_code_that_was_handed_out_is_left_out(results: ResultsStore, tmp_path: Path) -> None:
    """Students who share a worked example are not reported."""
    handed_out = write(tmp_path / "worked.ipynb", ANN)
    assert "1 student compared: 0 pairs" in output_of(results, "--starter-code", handed_out)
    failed = run(results, "--starter-code", tmp_path / "none.ipynb").exception
    assert isinstance(failed, GraderError)


def test_identical_wrong_answers_form_a_group(tmp_path: Path, rubric: Path) -> None:
    """Groups are made per function; right answers form none, even if the criterion failed."""
    half: Answers = {"unread": array([1.0])}
    wrong: Answers = {"first": WRONG, "plain": WRONG, **half}
    never: Answers = {"first": WRONG, "unread": Failure(kind="missing")}
    others: dict[str, Answers] = {"bob": {}, "kim": half, "lee": half, "mia": never}
    results = write_answers(tmp_path, rubric, ["x = 1"], ann=wrong, eve=wrong, **others)
    text = one_line(output_of(results, "--rubric", rubric, "-o", tmp_path))
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


def test_a_pairs_shared_wrong_answers_are_counted(tmp_path: Path, rubric: Path) -> None:
    """The table of pairs has a column with their number."""
    made = write_answers(tmp_path, rubric, ANN, ann={"first": WRONG}, eve={"first": WRONG})
    output_of(made, "--rubric", rubric, "-o", tmp_path)
    assert rows(tmp_path / "similarity.csv")[0]["same_wrong_answers"] == "1"


def test_damaged_results_are_reported_and_skipped(results: ResultsStore) -> None:
    """Unreadable notebooks, answers, code and odd names do not affect other students."""
    more = {
        "cut": ANN,
        "odd": [*ANN, "def f(:", f"def g():\n    return [{'1, ' * (MAX_CHARACTERS // 2)}]"],
        "gone": BOB,
        "../x\x1b[31m\nzoe": BOB,
    }
    results = write_results(results.folder, {"ann": ANN, "bob": BOB, "eve": ANN, **more})
    (results.student_dir("cut") / EXECUTED_FILE).write_bytes(b'{"cells": [')
    (results.student_dir("gone") / EXECUTED_FILE).unlink()
    (results.student_dir("ann") / STORED_RUN_FILE).write_bytes(b"PK nothing")
    text = one_line(output_of(results))
    assert "cut: executed.ipynb is not a notebook" in text
    assert "gone: no notebook of this student has run" in text
    assert "odd: the code is unusually long" in text
    assert "odd: 1 cells or functions cannot be parsed: left out" in text
    assert "observations.safetensors is damaged" in text
    assert "5 students compared: 4 pairs" in text
    assert "bob ../x\\u001b[31m zoe" in text or "../x\\u001b[31m zoe bob" in text
    assert "\x1b" not in text


def test_many_problems_are_summarised(tmp_path: Path) -> None:
    """Only the first problems are listed, and the others counted."""
    made = write_results(tmp_path / "results", {f"s{i:02}": ["def f(:"] for i in range(30)})
    text = output_of(made)
    assert "s19: 1 cells" in text
    assert "s20" not in text
    assert "and 10 more warnings" in text


def test_another_rubric_gives_a_warning(results: ResultsStore, rubric: Path) -> None:
    """Its criteria are not those by which the answers were judged."""
    text = one_line(output_of(results, "--rubric", rubric))
    assert "graded by another rubric than this" in text
    assert "The lab's template is not installed here" in text


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    """So are a missing folder, and an output folder that cannot be written."""
    for folder in (tmp_path, tmp_path / "none"):
        failed = run(ResultsStore(folder)).exception
        assert isinstance(failed, GraderError)
        assert "holds no results" in str(failed)
    made = write_results(tmp_path / "results", {})
    assert "0 students compared: 0 pairs" in output_of(made)
    (tmp_path / "taken").write_text("")
    failed = run(made, "-o", tmp_path / "taken").exception
    assert "Cannot write to" in str(failed)


def test_a_missing_extra_gives_the_command_to_install_it(
    results: ResultsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has one line."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    failed = run(results).exception
    assert isinstance(failed, GraderError)
    assert "pip install 'induction-lab-grader[similarity]'" in str(failed)
