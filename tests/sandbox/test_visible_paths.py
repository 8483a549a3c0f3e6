"""What can be read in a sandbox, as a list, before any sandbox is started."""

from pathlib import Path

from grader.sandbox.base import Sandbox
from grader.sandbox.visible_paths import View, carved, view

ROOT = Path(__file__).parents[2]


def test_no_answer_is_in_view() -> None:
    """The reference, the rubrics and the judging part of the grader are in no readable tree."""
    whole, _listed = carved(view(Sandbox()))
    for secret in ("reference", "rubrics", "tests", "student_template", "grader/judging/judge.py"):
        path = ROOT / secret
        assert not any(tree == path or tree in path.parents for tree in whole)


def test_what_is_hidden_is_cut_out(tmp_path: Path) -> None:
    """A tree with something hidden deep in it is read but for that; its folders are listed."""
    for name in ("a/x.py", "a/secret/key", "b/y.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    seen = View(
        (tmp_path,), (tmp_path / "a" / "secret",), (tmp_path / "a" / "secret" / "key",), tmp_path
    )
    whole, listed = carved(seen)
    assert set(whole) == {
        tmp_path / "a" / "x.py",
        tmp_path / "b",
        tmp_path / "a" / "secret" / "key",
    }
    assert set(listed) == {tmp_path, tmp_path / "a"}


def test_a_real_model_is_in_view(tmp_path: Path) -> None:
    """A directory of weights that the notebook is graded on can be read; a planted one is none."""
    assert tmp_path in view(Sandbox(model=str(tmp_path))).trees
    assert Path("planted-12x12") not in view(Sandbox(model="planted-12x12")).trees
