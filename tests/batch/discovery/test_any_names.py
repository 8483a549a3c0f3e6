"""Whatever the file names, submissions are found or a one-line error says why not."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from tests.batch.builders import LAB, find, write_folder, write_zip_with, zip_member

PIECES = st.one_of(
    st.sampled_from(
        [
            *("ada", "Ada Ray", "x", ".ipynb", ".zip", ".pdf", "..", "/", "/", "/", "\\", "\n"),
            *("_91_4711_", "_LATE", "-1", "submitted", "timestamp.txt", "submission_metadata.yml"),
            *("_7_assignsubmission_file_", "_assignsubmission_onlinetext", "\u202e", "C:", "anon"),
        ]
    ),
    st.text(max_size=3),
)
NAMES = st.lists(PIECES, min_size=1, max_size=8).map("".join)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["", ".ipynb", "/lab.ipynb", "/"])), max_size=6))
def test_any_zip_gives_submissions_or_one_error(names: list[tuple[str, str]]) -> None:
    """Only `SubmissionError` is raised, and ordinary students are found beside any names."""
    members = [f"{name}{end}".encode("utf-8", "ignore").decode() for name, end in names]
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip_with(
            Path(folder) / "x.zip", *((zip_member(name), LAB) for name in members)
        )
        if any("submitted" in name for name in members):  # may be nbgrader's layout
            with suppress(SubmissionError):
                find(path)
        else:
            assert len(find(path)) >= 2


@given(
    st.sets(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=20)
        .filter(lambda name: name.strip(".") and not name.startswith("."))
        .map(lambda name: f"{name}x"),
        min_size=2,
        max_size=6,
    )
)
def test_every_folder_is_a_student(names: set[str]) -> None:
    """Each folder is one student, whatever its name, and students are sorted."""
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, bytes | None] = {f"class/{name}/lab.ipynb": LAB for name in names}
        write_folder(Path(folder), files)
        assert list(find(Path(folder) / "class")) == sorted(names)
