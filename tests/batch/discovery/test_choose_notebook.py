"""The notebook with most of the lab's functions is chosen from several, and a note says why."""

from collections.abc import Iterable

import pytest

from grader.batch.discovery.choose_notebook import MAX_COMPARED, choose_notebook
from grader.batch.discovery.source import FileEntry
from grader.batch.discovery.student_files import StudentFiles
from grader.files.untrusted import FileReadError
from grader.rubric.sections import Limits
from tests.batch.builders import LAB, OPTIONS, lab_notebook

FULL = lab_notebook("scores", "heads", "ablate")


def choose(**notebooks: bytes | None) -> StudentFiles:
    """Choose among these notebooks at the top; None is one that cannot be read."""
    return choose_among({f"{name}.ipynb": data for name, data in notebooks.items()})


def choose_among(files: dict[str, bytes | None]) -> StudentFiles:
    """Choose among these files, by path."""

    def read(entry: FileEntry) -> bytes:
        data = files["/".join(entry.parts)]
        if data is None:
            raise FileReadError("it is gone")
        return data

    student = student_files(FileEntry(parts=tuple(path.split("/"))) for path in files)
    return choose_notebook(student, read, OPTIONS.names, Limits(file_mb=1))


def student_files(entries: Iterable[FileEntry]) -> StudentFiles:
    """Build one student's files."""
    return StudentFiles(student="ada", name="Ada", entries=tuple(entries))


def chosen_path(files: StudentFiles) -> str:
    """Return the path of the chosen notebook."""
    assert files.chosen is not None
    return "/".join(files.chosen.parts)


def test_most_functions_win() -> None:
    """The notebook with most of the lab's functions wins; other functions do not count."""
    files = choose(a=FULL, b=LAB, c=lab_notebook("x", "y", "z", "heads"))
    assert chosen_path(files) == "a.ipynb"
    assert files.notes == (
        "Of 3 notebooks, a.ipynb was graded: it fills in most, 3 of the lab's 3 functions.",
    )


def test_a_stub_is_no_function() -> None:
    """The template, submitted beside the work, defines every function but counts for none."""
    files = choose(template=lab_notebook(stubs=OPTIONS.names), own=LAB)
    assert chosen_path(files) == "own.ipynb"
    assert "it fills in most, 1 of the lab's 3 functions" in files.notes[0]


def test_a_stub_is_better_than_nothing() -> None:
    """If no notebook fills in a function, the one with most stubs wins."""
    files = choose(template=lab_notebook(stubs=OPTIONS.names), zoo=lab_notebook("zebra"))
    assert chosen_path(files) == "template.ipynb"
    assert "it defines most, 3 of the lab's 3 functions" in files.notes[0]


def test_of_equals_the_last_by_name_wins() -> None:
    """Ties go to the last name: 10 comes after 9, and capitals do not matter."""
    files = choose_among({"lab-9.ipynb": FULL, "LAB-10.ipynb": FULL, "a.ipynb": LAB})
    assert chosen_path(files) == "LAB-10.ipynb"
    assert files.notes == (
        "Of 3 notebooks, LAB-10.ipynb was graded: "
        "2 fill in 3 of the lab's 3 functions, and it is the last of them by name.",
    )


def test_no_function_at_all_is_noted() -> None:
    """Without any of the functions the last readable notebook by name wins."""
    files = choose(a=lab_notebook("zebra"), b=lab_notebook("zoo"), c=None, d=b"{")
    assert chosen_path(files) == "b.ipynb"
    assert files.notes[0].endswith(
        "none defines any of the lab's functions, and it is the last by name."
    )


def test_a_single_notebook_is_not_read() -> None:
    """A single notebook is chosen unread: grading finds out whether it is one."""
    files = choose(a=None)
    assert (chosen_path(files), files.refusal, files.notes) == ("a.ipynb", None, ())


def test_only_so_many_are_compared() -> None:
    """Only the notebooks nearest to the top are compared, and a note says so."""
    paths = {f"deep/{n}.ipynb": FULL for n in range(MAX_COMPARED)}
    files = choose_among({**paths, "lab.ipynb": LAB, "x/y/lab.ipynb": FULL})
    assert chosen_path(files) == f"deep/{MAX_COMPARED - 2}.ipynb"
    assert files.notes[1] == "2 more, deeper in folders, were not looked at."


def test_unreadable_notebooks_are_listed_up_to_a_limit() -> None:
    """Three unreadable notebooks are named, the rest is counted."""
    unreadable = [FileEntry(parts=(f"{n}.ipynb",), problem="it is a link") for n in range(5)]
    student = student_files([*unreadable, FileEntry(parts=("x.ipynb",))])
    files = choose_notebook(student, lambda _: LAB, OPTIONS.names, Limits())
    assert chosen_path(files) == "x.ipynb"
    assert files.notes[0] == "0.ipynb was not looked at: it is a link."
    assert files.notes[3] == "Nor were 2 others."


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "Nothing was handed in: there is no file."),
        (("a.py",), "No notebook (.ipynb) was handed in, only a.py."),
        (tuple("abcde"), "No notebook (.ipynb) was handed in, only a, b, c and 2 more."),
        (("a.zip", "b.py"), "only a.zip, b.py: a packed file is not opened, so unpack a.zip."),
    ],
)
def test_without_a_notebook_the_files_are_named(names: tuple[str, ...], message: str) -> None:
    """Without a notebook, the refusal names the files that were submitted instead."""
    student = student_files(FileEntry(parts=(name,)) for name in names)
    refusal = choose_notebook(student, lambda _: b"", OPTIONS.names, Limits()).refusal
    assert refusal is not None
    assert refusal.endswith(message)
