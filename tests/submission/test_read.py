"""Reading notebook files: any valid notebook is accepted, anything else gets one clear refusal."""

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.errors import SubmissionError
from grader.rubric.sections import Limits
from grader.submission.read import Cell, Submission, read_submission, student_id
from tests.text_files import notebook, written

LIMITS = Limits()
R_CODE = ["x <- c(1, 2)", "y <- function(x) {\n x\n}", "x %in% y"]


def read(folder: Path, content: object, limits: Limits = LIMITS) -> Submission:
    """Write a notebook file with this content and read it."""
    return read_submission(written(folder, content), limits)


def refusal(folder: Path, content: object, limits: Limits = LIMITS) -> str:
    """Return the message for a file that cannot be graded: one line that names the file."""
    with pytest.raises(SubmissionError) as caught:
        read(folder, content, limits)
    said = str(caught.value)
    assert "nb.ipynb" in said
    assert "\n" not in said
    return said


def test_code_cells_keep_their_place(tmp_path: Path) -> None:
    """Code cells are numbered among all cells; Markdown and empty cells are left out."""
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
    """A cell whose source is not text is ignored; the other cells are read."""
    found = read(tmp_path, notebook(5, None, "x = 1"))
    assert [cell.source for cell in found.cells] == ["x = 1"]


def test_version_3_is_upgraded(tmp_path: Path) -> None:
    """A notebook in the format of 2014 is read like a current one."""
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
    """A byte order mark and Windows line ends change nothing."""
    found = read(tmp_path, raw(json.dumps(notebook("x = 1\ny = 2"), indent=1)))
    assert found.cells[0].source == "x = 1\ny = 2"


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    """Lone surrogates are replaced, so that all text can be encoded."""
    found = read(tmp_path, notebook("x = '\ud800'"))
    assert found.cells[0].source == "x = '?'"


def test_outputs_may_be_large(tmp_path: Path) -> None:
    """A notebook with 20 MB of stored figures is accepted."""
    content = notebook("x = 1")
    content["cells"][0]["outputs"] = [{"output_type": "stream", "text": "x" * 20 * 2**20}]
    assert len(read(tmp_path, content).cells) == 1


def test_files_over_the_limit_are_refused(tmp_path: Path) -> None:
    """The size limit comes from the rubric, and the refusal says what to do."""
    said = refusal(tmp_path, b" " * (2**20 + 1), Limits(file_mb=1))
    assert "the limit is 1 MB: clear the outputs" in said


def test_too_many_cells_are_refused(tmp_path: Path) -> None:
    """The maximum number of cells comes from the rubric."""
    assert "has 3 cells; the limit is 2" in refusal(
        tmp_path, notebook("a", "b", "c"), Limits(cells=2)
    )


def test_no_kernelspec_is_a_note(tmp_path: Path) -> None:
    """A notebook that names no kernel is run with Python 3, and a note says so."""
    found = read(tmp_path, notebook("x = 1", language_info={"name": "python"}))
    assert found.notes == ("The notebook names no kernel; it was run with Python 3.",)


def test_another_language_is_refused(tmp_path: Path) -> None:
    """R code under an R kernel is refused."""
    content = notebook(*R_CODE, kernelspec={"name": "ir", "language": "R"})
    assert "is a notebook in R, not in Python" in refusal(tmp_path, content)


def test_python_code_under_an_odd_kernel_is_run(tmp_path: Path) -> None:
    """The code decides about the language, not the kernel's name."""
    found = read(tmp_path, notebook("x = 1", kernelspec={"name": "ir", "language": "R"}))
    assert found.notes == ("The notebook says it is in R; its code is Python and was run as such.",)


@pytest.mark.parametrize("spec", [{}, {"language": "Python"}, {"name": "my-env", "language": 3}])
def test_odd_kernelspecs_break_nothing(tmp_path: Path, spec: dict[str, Any]) -> None:
    """A kernelspec may hold anything."""
    assert len(read(tmp_path, notebook("x = 1", kernelspec=spec)).cells) == 1


@pytest.mark.parametrize("metadata", [None, 5, [], {"a": {"b": [{}] * 50}}])
def test_metadata_may_be_anything(tmp_path: Path, metadata: object) -> None:
    """Metadata is not needed and may hold anything."""
    assert read(tmp_path, notebook("x = 1") | {"metadata": metadata}).cells


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    """The message tells a missing file from a folder."""
    with pytest.raises(SubmissionError, match="No such file"):
        read_submission(tmp_path / "none.ipynb", LIMITS)
    with pytest.raises(SubmissionError, match=r"it is not a file\. Give the path of a notebook"):
        read_submission(tmp_path, LIMITS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    """A FIFO in place of a notebook is refused at once, even if no process writes to it."""
    os.mkfifo(tmp_path / "nb.ipynb")
    with pytest.raises(SubmissionError, match="it is not a file"):
        read_submission(tmp_path / "nb.ipynb", LIMITS)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link is refused, because it may point to anyone's file."""
    written(tmp_path, notebook("x = 1"), "real.ipynb")
    (tmp_path / "nb.ipynb").symlink_to("real.ipynb")
    with pytest.raises(SubmissionError, match="it is a link: give the path of the file itself"):
        read_submission(tmp_path / "nb.ipynb", LIMITS)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no such files here")
def test_a_file_that_grows_is_not_read_on() -> None:
    """A file that is larger than its reported size is refused, not read to the end."""
    with pytest.raises(SubmissionError, match="it grew while it was read"):
        read_submission(Path("/proc/self/status"), LIMITS)


@pytest.mark.parametrize(
    "name", ["a\nb.ipynb", "\x1b[31mb.ipynb", "\u202eb.ipynb", "b\udc80.ipynb"]
)
def test_a_refusal_is_one_plain_line_whatever_the_name(tmp_path: Path, name: str) -> None:
    """Line breaks, escape sequences and direction marks in file names are escaped in messages."""
    for path in (written(tmp_path, "", name), tmp_path / f"no {name}"):
        with pytest.raises(SubmissionError) as caught:
            read_submission(path, LIMITS)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["a\0b.ipynb", "\ud800.ipynb"])
def test_a_name_that_no_file_has_is_refused(tmp_path: Path, name: str) -> None:
    """A NUL or a lone surrogate in a name is reported as a bad name, not as a grader error."""
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
    """Cells in worksheets, and the older names of a cell's source, are read."""
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
    """Moodle puts the id into the folder's name, Canvas into the file's; other names give none."""
    assert student_id(Path(path)) == student
