"""Reads attack samples: hostile code with a header that says what it tries and what must hold."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Kind = Literal["cell", "maker"]
Base = Literal["wrong", "correct"]
Needs = Literal["any", "isolated"]

OWN_SAMPLES = Path(__file__).parent / "samples"
SHARED_SAMPLES = Path(__file__).parents[3] / "shared" / "attacks"

_FIELD = re.compile(r"^# ([A-Z]+): (.*)$")
_CONTINUATION = re.compile(r"^#\s{2,}(\S.*)$")

# Patterns that show that a sample without a SIGN field succeeded. OWN is the kernel's process id.
SIGNS = {
    "23_import_reference": r"IMPORTED (?:reference|lab_reference|rubrics)\b.*",
    "26_proc_snooping": r"SAW (?!OWN\b)\d+ (?:environ|mem|maps|fd)\b.*",
    "29_network": r"CONNECTED.*",
    "32_daemon_outlives": "",  # detected as a leftover process
    "40_poison_python_startup": r"WROTE .*(?:site-packages|dist-packages)/zz_poison.*",
    "44_results_dir_tricks": r"DID /(?:autograder|grade)\b.*",
}
# Functions that a shared sample may lose, where its header says so in words only.
LOSES = {
    "54_hang_in_function": frozenset({"compute_k_composition"}),
    "75_html_injection": frozenset({"compute_k_composition"}),
}
UNSAFE = {"08_write_inherited_fds", "32_daemon_outlives", "40_poison_python_startup"}
UNSAFE |= {"44_results_dir_tricks", "55_fork_bomb", "57_memory_bomb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One attack."""

    name: str
    category: str
    kind: Kind
    base: Base
    needs: Needs
    tries: str
    must: str
    sign: str
    """Pattern that, if found in what the attack printed, proves that it succeeded."""
    loses: frozenset[str]
    """Functions that the attack itself breaks and may lose points on."""
    refused: bool
    """True if every file it makes must be refused."""
    unsafe: bool
    """True if it would damage a machine from which it is not isolated."""
    code: str

    @property
    def id(self) -> str:
        """The test id."""
        return f"{self.category}/{self.name}"


def read_sample(path: Path, category: str | None = None) -> Sample:
    """Read one sample.

    Raises:
        ValueError: Its header lacks a field or has an unknown value.
    """
    code = path.read_text(encoding="utf-8")
    fields = _header(code)
    missing = {"ATTACK", "KIND", "BASE", "NEEDS", "TRIES", "MUST"} - fields.keys()
    if missing:
        raise ValueError(f"{path}: no {', '.join(sorted(missing))}")
    name = path.stem
    sign = fields.get("SIGN", SIGNS.get(name, ""))
    loses = filter(None, fields.get("LOSES", "").replace(" ", "").split(","))
    return Sample(
        name=name,
        category=category or path.parent.name,
        kind=cast("Kind", _one_of(fields["KIND"], ("cell", "maker"), path)),
        base=cast("Base", _one_of(fields["BASE"], ("wrong", "correct", "n/a"), path)),
        needs=cast("Needs", _one_of(fields["NEEDS"], ("any", "isolated"), path)),
        tries=fields["TRIES"],
        must=fields["MUST"],
        sign="" if sign == "none" else sign,
        loses=frozenset(loses) | LOSES.get(name, frozenset()),
        refused=fields.get("REFUSED", "no") == "yes",
        unsafe=fields.get("UNSAFE", "no") == "yes" or name in UNSAFE,
        code=code,
    )


def read_samples(folder: Path, category: str | None = None) -> list[Sample]:
    """Return all samples below a folder, in order; none if the folder does not exist."""
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else []
    return [read_sample(path, category) for path in files]


def _header(code: str) -> dict[str, str]:
    """Parse the comment block at the top; indented lines continue a field."""
    fields: dict[str, str] = {}
    last = ""
    for line in code.splitlines():
        if match := _FIELD.match(line):
            last = match.group(1)
            fields[last] = match.group(2).strip()
        elif last and (more := _CONTINUATION.match(line)):
            fields[last] += " " + more.group(1).strip()
        else:
            break
    return fields


def _one_of(text: str, choices: tuple[str, ...], path: Path) -> str:
    word = text.partition(" ")[0]
    if word not in choices:
        raise ValueError(f"{path}: {text!r} is none of {', '.join(choices)}")
    return "wrong" if word == "n/a" else word
