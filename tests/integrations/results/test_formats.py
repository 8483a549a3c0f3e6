"""Tests of every writer: golden files, escaped text, hidden criteria and size limits."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from grader.cli.options import PLATFORMS
from grader.integrations.results.base import Result, WriteContext, round_points, score_fraction
from grader.integrations.results.registry import FORMATS
from tests.attacks.notebooks import base_cells
from tests.batch.courses import GRADE
from tests.builders import report, verdict
from tests.integrations.results.regenerate import GOLDEN, golden_files
from tests.integrations.results.samples import CONTEXT, FULL, GRADED, RESULTS
from tests.notebooks import write

LIMITS = {
    "prairielearn": 2**20,
    "codegrade": 250_000 + 200,
    "classroom50": 10 * 2**20,
    "codio": 2**20,
    "gradescope": 2**20,
    "coursera": 2**16,
    "github-classroom": 2**19,
}


@pytest.mark.parametrize(("file", "text"), golden_files().items(), ids=golden_files())
def test_output_matches_the_golden_file(file: str, text: str) -> None:
    """Every byte matches; `python -m tests.integrations.results.regenerate` changes them."""
    assert text == (GOLDEN / file).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a writer."""
    assert {path.name for path in GOLDEN.iterdir()} == set(golden_files())


def texts(name: str, written: str) -> Iterator[str]:
    """Yield all texts of an output, decoded as the platform does."""
    yield written
    if name == "github-classroom":
        written = base64.b64decode(written.removeprefix("result=")).decode()
    if name not in {"junit", "vocareum"}:
        lines = written.splitlines() if name in {"autolab", "codegrade"} else [written]
        pending = [json.loads(line) for line in lines]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                pending += [*node, *node.values()]
            elif isinstance(node, list):
                pending += node
            else:
                yield str(node)


@pytest.mark.parametrize("name", FORMATS)
def test_hidden_criteria_are_withheld_from_students(name: str) -> None:
    """Only Gradescope gets their feedback, as it withholds it until grades are published."""
    text = FORMATS[name](GRADED, CONTEXT)
    if name == "github-classroom":
        text = base64.b64decode(text.removeprefix("result=")).decode()
    if name == "gradescope":
        tests = json.loads(text)["tests"]
        assert [t["visibility"] for t in tests if "SECRET" in t["output"]] == ["after_published"]
    else:
        assert "SECRET" not in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", RESULTS)
def test_student_text_is_escaped(name: str, kind: str) -> None:
    """No line holds a terminal's control characters or a runner's workflow command."""
    for text in texts(name, FORMATS[name](RESULTS[kind], CONTEXT)):
        assert not re.search("[\x1b\u202e]|^::", text, re.MULTILINE)


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_long_result_is_truncated_and_says_so(name: str, limit: int) -> None:
    """Texts are truncated; points and criteria are all present."""
    long = [
        verdict(
            id=f"c{i}", title=f"Criterion {i}", outcome="failed", points=0.5, feedback="é" * 9999
        )
        for i in range(200)
    ]
    text = FORMATS[name](report(*long), CONTEXT)
    assert len(text.encode()) <= limit
    if name == "github-classroom":
        text = base64.b64decode(text.removeprefix("result=")).decode()
    assert "(shortened)" in text
    assert "Criterion 199" in text


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0, 0), (0.4, 0), (0.5, 1), (1.5, 2), (2.5, 3), (2.4999999, 3), (2.49, 2), (-1, 0)],
)
def test_half_points_are_rounded_up(points: float, expected: int) -> None:
    """Halves are rounded up, even if a floating-point error puts them just below."""
    assert round_points(points) == expected


@pytest.mark.parametrize(
    ("points", "expected"), [(-3.0, 0.0), (0.0, 0.0), (3.0, 0.3), (10.0, 1.0), (12.0, 1.0)]
)
def test_a_score_fraction_is_between_0_and_1(points: float, expected: float) -> None:
    """A bonus cannot raise the fraction above 1, nor a penalty lower it below 0."""
    assert score_fraction(report(verdict(points=points))) == expected


def test_a_rubric_of_bonuses_alone_has_fraction_0() -> None:
    """A total of 0 is not divided by."""
    assert score_fraction(report(verdict(bonus=True))) == 0.0


def read(name: str, result: Result) -> Any:
    """Write a result and parse it as JSON."""
    return json.loads(FORMATS[name](result, CONTEXT))


def test_gradescope_has_a_score_on_every_test() -> None:
    """The result also has a total score, and its times are numbers."""
    content = read("gradescope", GRADED)
    assert content["score"] == 17.5
    assert isinstance(content["execution_time"], float)
    assert all({"score", "max_score", "name", "status"} <= test.keys() for test in content["tests"])
    assert {test["status"] for test in content["tests"]} == {"passed", "failed"}
    assert "seed" not in json.dumps(content)


def test_prairielearn_distinguishes_ungradable_from_zero() -> None:
    """Ungradable submissions have no score; only the file's own faults are format errors."""
    assert read("prairielearn", GRADED)["score"] == pytest.approx(17.5 / 34.5, abs=1e-6)
    assert read("prairielearn", FULL)["score"] == 1.0
    ungradable, failed = (read("prairielearn", RESULTS[kind]) for kind in ("ungradable", "failed"))
    assert (ungradable["gradable"], failed["gradable"]) == (False, False)
    assert "score" not in ungradable
    assert "format_errors" in ungradable
    assert "format_errors" not in failed


@pytest.mark.parametrize("kind", RESULTS)
def test_coursera_has_its_two_keys(kind: str) -> None:
    """The result has a floating-point number and a text, and no other key."""
    content = read("coursera", RESULTS[kind])
    assert content.keys() == {"fractionalScore", "feedback"}
    assert type(content["fractionalScore"]) is float
    assert 0 <= content["fractionalScore"] <= 1


def test_classroom50_has_whole_points_and_the_exact_ones() -> None:
    """17.5 points are 18 in the keys that take whole points only."""
    content = read("classroom50", GRADED)
    assert (content["score"], content["max-score"], content["exact-score"]) == (18, 35, 17.5)
    assert type(content["score"]) is int
    assert content["datetime"] == "2026-11-23T09:30:00Z"


def test_github_classroom_takes_500_characters_of_a_test() -> None:
    """Longer outputs, which the reporter would cut silently, are truncated here."""
    long = report(verdict(outcome="failed", points=0.0, feedback="x" * 9999))
    line = FORMATS["github-classroom"](long, CONTEXT)
    test = json.loads(base64.b64decode(line.removeprefix("result=")))["tests"][0]
    assert len(test["output"]) <= 500


def test_codegrade_gets_points_and_tests_on_a_line_each() -> None:
    """Each line is a message of its own."""
    points, tests = map(json.loads, FORMATS["codegrade"](GRADED, CONTEXT).splitlines())
    assert points == {"tag": "points", "points": pytest.approx(17.5 / 34.5, abs=1e-6)}
    assert [len(suite["testCases"]) for suite in tests["results"]] == [2, 2, 2]


@pytest.mark.parametrize("name", ["autolab", "vocareum"])
def test_problems_are_named_as_functions_are(name: str) -> None:
    """Each problem gets the sum of its criteria's points."""
    last = FORMATS[name](GRADED, CONTEXT).splitlines()
    expected = {
        "compute_induction_scores": 12.5,
        "ablate_heads": 0.0,
        "The notebook as a whole": 5.0,
    }
    if name == "autolab":
        assert json.loads(last[-1]) == {"scores": expected}
    else:
        assert last == [f"{problem},{points:g}" for problem, points in expected.items()]


@pytest.mark.parametrize("kind", RESULTS)
def test_junit_counts_what_it_lists(kind: str) -> None:
    """The suite's counts equal its numbers of test cases, as CI systems check."""
    suite = next(ET.fromstring(FORMATS["junit"](RESULTS[kind], CONTEXT)).iter("testsuite"))  # noqa: S314 (our own)
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[count]) == len(suite.findall(f"testcase/{tag}"))


def test_no_environment_is_needed() -> None:
    """Every writer works outside the platform, without its environment variables."""
    for write_result in FORMATS.values():
        assert write_result(replace(GRADED, notes=()), WriteContext())


def test_the_command_line_knows_every_writer() -> None:
    """The options list them all, separately so that `grade --help` loads no writer."""
    assert list(PLATFORMS.choices) == sorted(FORMATS)


def test_a_file_that_is_no_notebook_has_a_result_too(tmp_path: Path) -> None:
    """The result goes to standard output or to a file; the exit code stays the same."""
    (tmp_path / "nb.ipynb").write_text("nothing")
    command = [sys.executable, "-m", "grader", "nb.ipynb", "--format", "prairielearn"]
    for more in ([], ["-o", "results.json"]):
        done = subprocess.run(
            [*command, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        text = (tmp_path / "results.json").read_text() if more else done.stdout
        assert json.loads(text)["gradable"] is False
        assert "is not a notebook" in json.loads(text)["message"]


@pytest.mark.kernel
def test_a_graded_notebook_has_a_result(tmp_path: Path) -> None:
    """Standard output has the platform's result, standard error the report for people."""
    write(tmp_path / "nb.ipynb", base_cells("correct"))
    command = [sys.executable, "-m", "grader", "nb.ipynb", *GRADE, "--format", "codegrade"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0]) == {"tag": "points", "points": 1.0}
    assert "Score" in done.stderr
