"""The list of readable paths contains no answers, checked without starting a sandbox."""

from pathlib import Path

from grader.sandbox import bubblewrap, landlock, verify
from grader.sandbox.base import SandboxLimits
from grader.sandbox.visible_paths import VisiblePaths, allow_rules, visible_paths

ROOT = Path(__file__).parents[2]


def test_no_answer_is_readable() -> None:
    """The reference, the rubrics and the judging part of the grader are in no readable tree."""
    readable, _listed = allow_rules(visible_paths(SandboxLimits()))
    for secret in ("reference", "rubrics", "tests", "student_template", "grader/judging/judge.py"):
        path = ROOT / secret
        assert not any(tree == path or tree in path.parents for tree in readable)


def test_hidden_folders_are_cut_out(tmp_path: Path) -> None:
    """A tree with a hidden folder deep in it is readable except for that folder."""
    for name in ("a/x.py", "a/secret/key", "b/y.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    visible = VisiblePaths(
        (tmp_path,), (tmp_path / "a" / "secret",), (tmp_path / "a" / "secret" / "key",), tmp_path
    )
    readable, listed = allow_rules(visible)
    assert set(readable) == {
        tmp_path / "a" / "x.py",
        tmp_path / "b",
        tmp_path / "a" / "secret" / "key",
    }
    assert set(listed) == {tmp_path, tmp_path / "a"}


def test_a_real_model_is_readable(tmp_path: Path) -> None:
    """The directory of a real grading model is readable; a planted model has none."""
    assert tmp_path in visible_paths(SandboxLimits(model=str(tmp_path))).trees
    assert Path("planted-12x12") not in visible_paths(SandboxLimits(model="planted-12x12")).trees


def test_scripts_started_by_path_exist() -> None:
    """Scripts that backends start by their path are in the readable part of the grader."""
    inside = ROOT / "grader" / "sandbox" / "inside"
    for script in (
        bubblewrap._RESTRICT_SCRIPT,  # noqa: SLF001
        landlock._RESTRICT_SCRIPT,  # noqa: SLF001
        landlock._SUPERVISOR_SCRIPT,  # noqa: SLF001
        verify._CANARY,  # noqa: SLF001
    ):
        assert script.is_file()
        assert script.parent == inside
