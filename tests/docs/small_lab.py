"""The lab in small: three functions of it on small models, under its own name.

Commands in the docs name no rubric, so that they grade by the lab that is installed. Here they find
this one in its place, through a copy of the distribution's entry points that comes first on the
path: the same command line, in a third of the time.
"""

import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from grader.labs import GROUP
from tests.docs.pages import ROOT

LAB, PACKAGE = "induction_heads", "small_lab"
KEY = f"{PACKAGE}/keys/{LAB}.key"
"""Where the package keeps its public answers; not there at first."""
_CRITERIA = ("sequence_repeats", "scores_planted", "k_composition_values")
_PROBES = ("sequence", "scores", "k_composition", "k_composition_hidden")
_MISTAKES = ("halves_differ", "target_not_shifted", "queries_for_keys")


def rubric(**points: float) -> str:
    """The small lab's rubric, cut from the lab's own; points as they are unless given."""
    whole = yaml.safe_load((ROOT / "rubrics" / f"{LAB}.yaml").read_text(encoding="utf-8"))
    criteria = [_without_others(c) for c in _of(whole["criteria"], "id", _CRITERIA)]
    criteria = [{**c, "points": points.get(c["id"], c["points"])} for c in criteria]
    mistakes = [_losing_known(m) for m in _of(whole["mistakes"], "name", _MISTAKES)]
    small = {
        **{key: whole[key] for key in ("lab", "title", "version")},
        "total": sum(criterion["points"] for criterion in criteria),
        "models": {"grading": "planted-4x3@5/10000", "generic": "generic-5x3@1/10000"},
        "hidden": {"grading": "planted-4..5x3@*/10000", "generic": "generic-5x3@*/10000"},
        "reference": {"modules": whole["reference"]["modules"], "mistakes": "reference.mistakes"},
        "recordings": {"sequences": whole["recordings"]["sequences"]},
        "probes": {name: whole["probes"][name] for name in _PROBES},
        "mistakes": mistakes,
        "criteria": criteria,
    }
    return yaml.safe_dump(small, sort_keys=False, allow_unicode=True)


def install(site: Path) -> None:
    """Put the small lab, and a distribution that names it, where Python looks first."""
    package = site / PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""A lab in small."""\n')
    (package / f"{LAB}.yaml").write_text(rubric(), encoding="utf-8")
    (package / "keys").mkdir()
    installed = metadata.distribution("induction-lab-grader")
    about = site / f"induction_lab_grader-{installed.version}.dist-info"
    shutil.copytree(Path(str(installed.locate_file(about.name))), about)
    names = (about / "entry_points.txt").read_text(encoding="utf-8")
    lines = names.splitlines()
    at = lines.index(f"[{GROUP}]") + 1
    lines[at] = f"{LAB} = {PACKAGE}"
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _of(
    items: Sequence[Mapping[str, Any]], key: str, wanted: Sequence[str]
) -> list[Mapping[str, Any]]:
    """The items of these names, all of which must be there."""
    found = [item for item in items if item[key] in wanted]
    assert len(found) == len(wanted)
    return found


def _without_others(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """A criterion with those of its checks whose probes are here."""
    read = ("probe", "of", "same_as", "differs_from")
    checks = [
        check
        for check in criterion["checks"]
        if all(check[key] in _PROBES for key in read if key in check)
    ]
    return {key: value for key, value in criterion.items() if key != "pictures"} | {
        "checks": checks
    }


def _losing_known(mistake: Mapping[str, Any]) -> dict[str, Any]:
    """A mistake that loses no criterion but those that are here."""
    loses = [name for name in mistake["loses"] if name in _CRITERIA]
    return {**mistake, "loses": loses, "may_lose": []}
