"""A small version of the lab under the lab's name: three functions, on small models.

Commands in the docs name no rubric, so they grade by the installed lab. In tests they find this one
instead, through a copy of the distribution's entry points that comes first on the path: the same
command line, in a third of the time.
"""

import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from grader.checks import Check
from grader.checks.base import BaseCheck
from grader.labs import ENTRY_POINT_GROUP
from tests.docs.pages import ROOT

LAB, PACKAGE = "induction_heads", "small_lab"
KEY = f"{PACKAGE}/keys/{LAB}.key"
"""Path of the package's public key, which does not exist at first."""
_CRITERIA = ("sequence_repeats", "scores_planted", "k_composition_values")
_PROBES = ("sequence", "scores", "k_composition", "k_composition_hidden")
_MISTAKES = ("halves_differ", "target_not_shifted", "queries_for_keys")


def rubric(**points: float) -> str:
    """Return the small lab's rubric, cut from the lab's own, with other points if given.

    It is one file, with its three mistakes in it; the reference's descriptions are not used.
    """
    whole = _sections()
    functions: dict[str, Any] = {}
    for function, section in whole["functions"].items():
        criteria = {
            name: _without_others(criterion) | {"points": points.get(name, criterion["points"])}
            for name, criterion in section["criteria"].items()
            if name in _CRITERIA
        }
        if criteria:
            functions[function] = {"criteria": criteria}
    small = {
        **{key: whole[key] for key in ("lab", "title", "version")},
        "models": {"grading": "planted-4x3@5/10000", "generic": "generic-5x3@1/10000"},
        "hidden": {"grading": "planted-4..5x3@*/10000", "generic": "generic-5x3@*/10000"},
        "reference": {"modules": [*whole["reference"]["modules"], "reference.mistakes"]},
        "recordings": {"sequences": whole["recordings"]["sequences"]},
        "probes": {name: whole["probes"][name] for name in _PROBES},
        "mistakes": {name: _failing_known(_mistakes()[name]) for name in _MISTAKES},
        "functions": functions,
    }
    return yaml.safe_dump(small, sort_keys=False, allow_unicode=True)


def _sections() -> dict[str, Any]:
    """Return all sections of the lab's rubric."""
    sections: dict[str, Any] = {}
    for path in sorted((ROOT / "rubrics" / LAB).glob("*.yaml")):
        sections |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return sections


def _mistakes() -> dict[str, Any]:
    """Return the descriptions of all known mistakes of the lab."""
    mistakes: dict[str, Any] = {}
    for path in sorted((ROOT / "reference" / "mistakes").glob("*.yaml")):
        mistakes |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return mistakes


def install(site: Path) -> None:
    """Install the small lab, and a distribution that names it, in a folder of the path."""
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
    at = lines.index(f"[{ENTRY_POINT_GROUP}]") + 1
    lines[at] = f"{LAB} = {PACKAGE}"
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _without_others(criterion: Mapping[str, Any]) -> dict[str, Any]:
    """Return a criterion with those of its checks whose probes are in the small lab."""
    checks = [check for check in criterion["checks"] if _reads_known(check)]
    return {key: value for key, value in criterion.items() if key != "pictures"} | {
        "checks": checks
    }


def _reads_known(check: Mapping[str, Any]) -> bool:
    parsed: BaseCheck = TypeAdapter(Check).validate_python(check)
    return set(parsed.probes()) <= set(_PROBES)


def _failing_known(mistake: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mistake that names no criteria but those of the small lab."""
    fails = [name for name in mistake["fails"] if name in _CRITERIA]
    return {**mistake, "fails": fails, "may_fail": []}
