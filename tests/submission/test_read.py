"""Reading notebooks: in any state, or one clear refusal."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.errors import SubmissionError
from grader.rubric.model import Limits
from grader.submission.read import Cell, Submission, read_submission, student_id
from tests.text_files import notebook, written

LIMITS = Limits()
R_CODE = ["x <- c(1, 2)", "y <- function(x) {\n x\n}", "x %in% y"]


def read(folder: Path, content: object, limits: Limits = LIMITS) -> Submission:
    """A notebook file with this content, read."""
    return read_submission(written(folder, content), limits)


def refusal(folder: Path, content: object, limits: Limits = LIMITS) -> str:
    """What is said about a file that cannot be graded: one line that names the file."""
    with pytest.raises(SubmissionError) as caught:
        read(folder, content, limits)
    said = str(caught.value)
    assert "nb.ipynb" in said
    assert "\n" not in said
    return said


def test_code_cells_keep_their_place(tmp_path: Path) -> None:
    """Cells are numbered among all cells; prose and empty cells are left out."""
    content = notebook("x = 1", " \n", ["y = 2\n", "z = 3"])
    content["cells"].insert(0, {"cell_type": "markdown", "source": "# Lab", "metadata": {}})
    found = read(tmp_path, content)
    assert found.cells == (Cell(index=1, source="x = 1"), Cell(index=3, source="y = 2\nz = 3"))
    assert found.total_cells == 4
    assert found.notes == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("print('hello')", "is not a notebook, or was cut off (its JSON breaks at line 1)"),
        (json.dumps(notebook("x = 1"))[:-20], "was cut off"),
        (b"\x80\x02}q\x00.", "it is not UTF-8 text"),
        ("[" * 100_000, "is not a notebook, or was cut off"),
        ("1" * 5000, "is not a notebook, or was cut off"),
        ("[1, 2]", "is JSON but not a notebook"),
        ({"a": 1}, "is JSON but not a notebook"),
        ({"cells": {"0": "x"}, "nbformat": 4}, "its cells are not a list"),
        ({"cells": None, "nbformat": 4}, "its cells are not a list"),
        (notebook(), "has no code cells"),
        (notebook(5, None, {}, [5, None], ""), "has no code cells"),
        ({"cells": [1, None, "x = 1"], "nbformat": 4}, "has no code cells"),
        ({"worksheets": 5, "nbformat": 3}, "its cells are not a list"),
    ],
)
def test_what_cannot_be_graded_is_refused(tmp_path: Path, content: object, said: str) -> None:
    """Each broken file is refused with its own reason and what to do."""
    assert said in refusal(tmp_path, content)


def test_markdown_only_is_refused(tmp_path: Path) -> None:
    """A notebook with nothing to run cannot be graded."""
    content = notebook() | {"cells": [{"cell_type": "markdown", "source": "x = 1"}]}
    assert "has no code cells" in refusal(tmp_path, content)


def test_odd_cells_cost_only_themselves(tmp_path: Path) -> None:
    """A cell whose source is no text is no code; the others are."""
    found = read(tmp_path, notebook(5, None, "x = 1"))
    assert [cell.source for cell in found.cells] == ["x = 1"]


def test_version_3_is_upgraded(tmp_path: Path) -> None:
    """A notebook from 2014 is read like one of today."""
    v3 = nbformat.v3
    sheet = v3.new_worksheet(cells=[v3.new_code_cell("x = 1"), v3.new_text_cell("markdown", "#")])
    found = read(tmp_path, nbformat.writes(v3.new_notebook(worksheets=[sheet]), version=3))
    assert [cell.source for cell in found.cells] == ["x = 1"]


@pytest.mark.parametrize(
    "raw",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(r"\n", r"\r\n").encode(),
    ],
    ids=["byte order mark", "CRLF in the file", "CRLF in the cells"],
)
def test_windows_files_are_read(tmp_path: Path, raw: Any) -> None:
    """A byte order mark and Windows' line ends change nothing."""
    found = read(tmp_path, raw(json.dumps(notebook("x = 1\ny = 2"), indent=1)))
    assert found.cells[0].source == "x = 1\ny = 2"


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    """Text that cannot be encoded does not travel on."""
    found = read(tmp_path, notebook("x = '\ud800'"))
    assert found.cells[0].source == "x = '?'"


def test_outputs_may_be_large(tmp_path: Path) -> None:
    """20 MB of stored figures are no reason to refuse anyone's work."""
    content = notebook("x = 1")
    content["cells"][0]["outputs"] = [{"output_type": "stream", "text": "x" * 20 * 2**20}]
    assert len(read(tmp_path, content).cells) == 1


def test_files_over_the_limit_are_refused(tmp_path: Path) -> None:
    """The limit is the rubric's, and the refusal says what to do."""
    said = refusal(tmp_path, b" " * (2**20 + 1), Limits(file_mb=1))
    assert "the limit is 1 MB: clear the outputs" in said


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    """The limit of cells is the rubric's too."""
    assert "has 3 cells; the limit is 2" in refusal(
        tmp_path, notebook("a", "b", "c"), Limits(cells=2)
    )


def test_no_kernelspec_is_a_note(tmp_path: Path) -> None:
    """A notebook that names no kernel is run with Python 3, and says so."""
    found = read(tmp_path, notebook("x = 1", language_info={"name": "python"}))
    assert found.notes == ("The notebook names no kernel; it was run with Python 3.",)


def test_another_language_is_refused(tmp_path: Path) -> None:
    """R code under an R kernel is no submission for this lab."""
    content = notebook(*R_CODE, kernelspec={"name": "ir", "language": "R"})
    assert "is a notebook in R, not in Python" in refusal(tmp_path, content)


def test_python_code_under_an_odd_kernel_is_run(tmp_path: Path) -> None:
    """The code decides, not the kernel's name."""
    found = read(tmp_path, notebook("x = 1", kernelspec={"name": "ir", "language": "R"}))
    assert found.notes == ("The notebook says it is in R; its code is Python and was run as such.",)


@pytest.mark.parametrize("spec", [{}, {"language": "Python"}, {"name": "my-env", "language": 3}])
def test_odd_kernelspecs_break_nothing(tmp_path: Path, spec: dict[str, Any]) -> None:
    """A kernelspec says what it likes."""
    assert len(read(tmp_path, notebook("x = 1", kernelspec=spec)).cells) == 1


@pytest.mark.parametrize("metadata", [None, 5, [], {"a": {"b": [{}] * 50}}])
def test_metadata_may_be_anything(tmp_path: Path, metadata: object) -> None:
    """Nothing of the metadata is needed."""
    assert read(tmp_path, notebook("x = 1") | {"metadata": metadata}).cells


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    """The message says which of the two it is."""
    with pytest.raises(SubmissionError, match="No such file"):
        read_submission(tmp_path / "none.ipynb", LIMITS)
    with pytest.raises(SubmissionError, match=r"it is not a file\. Give the path of a notebook"):
        read_submission(tmp_path, LIMITS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    """A pipe in place of a notebook is refused at once, though nobody writes to it."""
    os.mkfifo(tmp_path / "nb.ipynb")
    with pytest.raises(SubmissionError, match="it is not a file"):
        read_submission(tmp_path / "nb.ipynb", LIMITS)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A submission that is a link could be anyone's file; who means it gives the file itself."""
    written(tmp_path, notebook("x = 1"), "real.ipynb")
    (tmp_path / "nb.ipynb").symlink_to("real.ipynb")
    with pytest.raises(SubmissionError, match="it is a link: give the path of the file itself"):
        read_submission(tmp_path / "nb.ipynb", LIMITS)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no such files here")
def test_a_file_that_grows_is_not_read_on() -> None:
    """What is larger than it said is refused, not read to whatever end it has."""
    with pytest.raises(SubmissionError, match="it grew while it was read"):
        read_submission(Path("/proc/self/status"), LIMITS)


@pytest.mark.parametrize(
    "name", ["a\nb.ipynb", "\x1b[31mb.ipynb", "\u202eb.ipynb", "b\udc80.ipynb"]
)
def test_a_refusal_is_one_plain_line_whatever_the_name(tmp_path: Path, name: str) -> None:
    """Line breaks, escape sequences and direction marks in a file's name are shown, not obeyed."""
    for path in (written(tmp_path, "", name), tmp_path / f"no {name}"):
        with pytest.raises(SubmissionError) as caught:
            read_submission(path, LIMITS)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["a\0b.ipynb", "\ud800.ipynb"])
def test_a_name_that_no_file_has_is_refused(tmp_path: Path, name: str) -> None:
    """A NUL or half a character in a name is no fault of the grader's."""
    with pytest.raises(SubmissionError, match="no file has such a name"):
        read_submission(tmp_path / name, LIMITS)


@pytest.mark.parametrize(
    "old",
    [
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]},
        {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]},
        {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1"}]},
        {
            "nbformat": -(10**9),
            "worksheets": [
                5,
                {"cells": 5},
                {"cells": [5, {"cell_type": "code", "input": "x = 1"}]},
            ],
        },
    ],
)
def test_old_formats_are_read(tmp_path: Path, old: dict[str, Any]) -> None:
    """What a cell's text was called, and that cells lay on worksheets, is all that matters."""
    assert [cell.source for cell in read(tmp_path, old).cells] == ["x = 1"]


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("A_\u0661\u0662_assignsubmission_file/lab.ipynb", None),
        (f"A_{'1' * 30}_assignsubmission_file/lab.ipynb", None),
        ("Ada Lovelace_1234567_assignsubmission_file/lab.ipynb", "1234567"),
        ("lovelaceada_91_4711_lab.ipynb", "91"),
        ("lovelaceada_LATE_91_4711_lab.ipynb", "91"),
        ("induction_heads.ipynb", None),
        ("lab_c3.ipynb", None),
    ],
)
def test_student_ids_come_from_platform_names(path: str, student: str | None) -> None:
    """Moodle names the folder, Canvas the file; other names give none."""
    assert student_id(Path(path)) == student
