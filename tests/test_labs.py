"""Tests of finding labs, the default lab and their notebooks."""

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.labs import ENTRY_POINT_GROUP, default_lab, lab_packages, read_notebook
from grader.rubric.load import load_rubric


def install(site: Path, name: str, *labs: str) -> None:
    """Install a distribution that registers labs."""
    dist_info = site / f"{name.replace('-', '_')}-9.0.dist-info"
    dist_info.mkdir(parents=True)
    (dist_info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.0\n")
    lines = "\n".join(f"{lab} = other_lab" for lab in labs)
    (dist_info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{lines}\n")


def test_another_lab_does_not_change_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grader's own lab stays the default."""
    install(tmp_path, "another-lab", "attention")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lab_packages()["attention"] == "other_lab"
    assert default_lab() == "induction_heads"


def test_there_is_no_default_among_two_of_the_graders_own_labs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message lists the labs to choose from."""
    install(tmp_path, "induction-lab-grader", "attention", "induction_heads")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(RubricError, match="name one of attention, induction_heads"):
        load_rubric(None)


def test_a_template_may_lie_beside_its_rubric(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lab of another distribution brings its own notebook."""
    install(tmp_path, "another-lab", "attention")
    (tmp_path / "other_lab").mkdir()
    (tmp_path / "other_lab" / "__init__.py").write_text("")
    (tmp_path / "other_lab" / "attention.ipynb").write_bytes(b"{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert read_notebook("attention") == b"{}"
    assert read_notebook("nothing") is None
