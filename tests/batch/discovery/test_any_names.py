"""Whatever files are called: submissions are found, or one line says why not."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from tests.batch.builders import LAB, found, laid, member, packed

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
def test_any_zip_ends_in_submissions_or_a_line(names: list[tuple[str, str]]) -> None:
    """Nothing else is raised; two students are found whatever lies beside them."""
    members = [f"{name}{end}".encode("utf-8", "ignore").decode() for name, end in names]
    with tempfile.TemporaryDirectory() as folder:
        path = packed(Path(folder) / "x.zip", *((member(name), LAB) for name in members))
        if any("submitted" in name for name in members):  # which may be nbgrader's
            with suppress(SubmissionError):
                found(path)
        else:
            assert len(found(path)) >= 2


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
    """Whatever it is called, and in this order."""
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, bytes | None] = {f"class/{name}/lab.ipynb": LAB for name in names}
        laid(Path(folder), files)
        assert list(found(Path(folder) / "class")) == sorted(names)
