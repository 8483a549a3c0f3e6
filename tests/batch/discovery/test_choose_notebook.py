"""Of several notebooks the one with the lab's functions is graded, and the note says so."""

from collections.abc import Iterator

import pytest

from grader.batch.discovery.choose_notebook import MAX_COMPARED, Choice, choose
from grader.batch.discovery.source import Entry
from grader.files.untrusted import ReadingError
from grader.rubric.model import Limits
from tests.batch.builders import LAB, WANTED, lab

FULL = lab("scores", "heads", "ablate")


def chosen(**files: bytes | None) -> Choice:
    """The choice among these notebooks; None is one that cannot be read."""
    return among({f"{name}.ipynb": data for name, data in files.items()})


def among(files: dict[str, bytes | None]) -> Choice:
    """The same with whole paths."""

    def read(entry: Entry) -> bytes:
        data = files["/".join(entry.parts)]
        if data is None:
            raise ReadingError("it is gone")
        return data

    entries = [Entry(parts=tuple(name.split("/"))) for name in files]
    return choose(entries, read, WANTED.names, Limits(file_mb=1))


def name(choice: Choice) -> str:
    """What was chosen."""
    assert choice.entry is not None
    return "/".join(choice.entry.parts)


def test_most_functions_win() -> None:
    """Whatever the names; functions that the lab does not ask for do not count."""
    choice = chosen(a=FULL, b=LAB, c=lab("x", "y", "z", "heads"))
    assert name(choice) == "a.ipynb"
    assert choice.notes == (
        "Of 3 notebooks, a.ipynb was graded: it fills in most, 3 of the lab's 3 functions.",
    )


def test_a_stub_is_no_function() -> None:
    """The template that was handed in beside the work defines everything, and does nothing."""
    choice = chosen(template=lab(stubs=WANTED.names), own=LAB)
    assert name(choice) == "own.ipynb"
    assert "it fills in most, 1 of the lab's 3 functions" in choice.notes[0]


def test_a_stub_is_better_than_nothing() -> None:
    """Where nothing is filled in."""
    choice = chosen(template=lab(stubs=WANTED.names), zoo=lab("zebra"))
    assert name(choice) == "template.ipynb"
    assert "it defines most, 3 of the lab's 3 functions" in choice.notes[0]


def test_of_equals_the_last_by_name_wins() -> None:
    """Ten comes after nine, and capitals are no order."""
    choice = among({"lab-9.ipynb": FULL, "LAB-10.ipynb": FULL, "a.ipynb": LAB})
    assert name(choice) == "LAB-10.ipynb"
    assert choice.notes == (
        "Of 3 notebooks, LAB-10.ipynb was graded: "
        "2 fill in 3 of the lab's 3 functions, and it is the last of them by name.",
    )


def test_none_with_a_function_is_said() -> None:
    """The last by name, as good as any; but one that can be read."""
    choice = chosen(a=lab("zebra"), b=lab("zoo"), c=None, d=b"{")
    assert name(choice) == "b.ipynb"
    assert choice.notes[0].endswith(
        "none defines any of the lab's functions, and it is the last by name."
    )


def test_one_notebook_is_not_read() -> None:
    """Whether it is one is found out when it is graded."""
    assert chosen(a=None) == Choice(Entry(parts=("a.ipynb",)), None, ())


def test_only_so_many_are_compared() -> None:
    """The ones nearest to the top; and that others were not is said."""
    files = {f"deep/{n}.ipynb": FULL for n in range(MAX_COMPARED)}
    choice = among({**files, "lab.ipynb": LAB, "x/y/lab.ipynb": FULL})
    assert name(choice) == f"deep/{MAX_COMPARED - 2}.ipynb"
    assert choice.notes[1] == "2 more, deeper in folders, were not looked at."


def test_troubles_are_few_in_what_is_said() -> None:
    """Three, and how many more."""
    entries = [Entry(parts=(f"{n}.ipynb",), trouble="it is a link") for n in range(5)]
    choice = choose([*entries, Entry(parts=("x.ipynb",))], lambda _: LAB, WANTED.names, Limits())
    assert name(choice) == "x.ipynb"
    assert choice.notes[0] == "0.ipynb was not looked at: it is a link."
    assert choice.notes[3] == "Nor were 2 others."


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "Nothing was handed in: there is no file."),
        (("a.py",), "No notebook (.ipynb) was handed in, only a.py."),
        (tuple("abcde"), "No notebook (.ipynb) was handed in, only a, b, c and 2 more."),
        (("a.zip", "b.py"), "only a.zip, b.py: a packed file is not opened, so unpack a.zip."),
    ],
)
def test_without_a_notebook_the_reason_is_said(files: Iterator[str], said: str) -> None:
    """What was handed in instead."""
    entries = [Entry(parts=(file,)) for file in files]
    refusal = choose(entries, lambda _: b"", WANTED.names, Limits()).refusal
    assert refusal is not None
    assert refusal.endswith(said)
