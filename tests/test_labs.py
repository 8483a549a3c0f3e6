"""Which lab is meant where none is named."""

from pathlib import Path

import pytest

from grader.errors import RubricError
from grader.labs import GROUP, default_lab, lab_packages, template
from grader.rubric.load import find_rubric


def install(site: Path, name: str, *labs: str) -> None:
    """A distribution of this name with labs, where Python looks first."""
    about = site / f"{name.replace('-', '_')}-9.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.0\n")
    lines = "\n".join(f"{lab} = other_lab" for lab in labs)
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}\n")


def test_another_lab_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader's own stays the one that is meant, whatever else is installed and its name."""
    install(tmp_path, "another-lab", "attention")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lab_packages()["attention"] == "other_lab"
    assert default_lab() == "induction_heads"


def test_two_of_the_graders_own_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is guessed: the message lists them."""
    install(tmp_path, "induction-lab-grader", "attention", "induction_heads")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(RubricError, match="name one of attention, induction_heads"):
        find_rubric(None)


def test_a_labs_template_may_lie_beside_its_rubric(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lab of another package brings its own notebook."""
    install(tmp_path, "another-lab", "attention")
    (tmp_path / "other_lab").mkdir()
    (tmp_path / "other_lab" / "__init__.py").write_text("")
    (tmp_path / "other_lab" / "attention.ipynb").write_bytes(b"{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert template("attention") == b"{}"
    assert template("nothing") is None
