"""What a zip's list of contents says, by rules that no zip can bend: students make zips, too."""

import re
import stat
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.batch.entries import DEEPEST, FOLDER, LINK, TOO_DEEP, Entry, is_left_out

_LONGEST_NAME = 255
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UTF8 = 0x800
_LEADS_AWAY = re.compile(r"\A[/\\]|\A[A-Za-z]:|[\\\0]|(?:\A|/)\.\.(?:/|\Z)")
_STEPS = re.compile(r"[/\\\0]")
_TWICE = "the zip holds it twice"


class Listed(NamedTuple):
    """A file or folder of a zip."""

    entry: Entry
    info: zipfile.ZipInfo


def listed(archive: zipfile.ZipFile) -> list[Listed]:
    """What a zip lists, each with what is wrong with it; what no student hands in is left out."""
    return [found for info in archive.infolist() if (found := _listed(info)) is not None]


def is_encrypted(info: zipfile.ZipInfo) -> bool:
    """Whether it takes a password."""
    return bool(info.flag_bits & _ENCRYPTED)


def _listed(info: zipfile.ZipInfo) -> Listed | None:
    """An entry by what its name and flags say; None where it is no student's."""
    name = _text(info)
    parts = tuple(part for part in _STEPS.split(name) if part not in {"", ".", ".."})
    if not parts or is_left_out(parts):
        return None
    folder = name.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)
    entry = Entry(parts=parts, folder=folder)
    return Listed(replace(entry, trouble=_trouble(name, entry, info)), info)


def _text(info: zipfile.ZipInfo) -> str:
    """A name as it was meant: many programs write UTF-8 and do not say so."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except ValueError:
        return info.orig_filename


def _trouble(name: str, entry: Entry, info: zipfile.ZipInfo) -> str | None:
    if _LEADS_AWAY.search(name):
        return "its name in the zip leads out of the student's folder"
    if len(entry.parts) > DEEPEST:
        return TOO_DEEP
    if any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in entry.parts):
        return f"its name is longer than {_LONGEST_NAME} bytes"
    if stat.S_ISLNK(info.external_attr >> 16):
        return LINK
    return None if entry.folder else _unreadable(info)


def _unreadable(info: zipfile.ZipInfo) -> str | None:
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "it is not a file"
    if is_encrypted(info):
        return "it is encrypted"
    return None if info.compress_type in _METHODS else "it is packed in a way that is not read here"


def whole(listed: Sequence[Entry]) -> list[Entry]:
    """Every entry once, and the folders that the zip does not list; a file twice is neither."""
    sound = [entry for entry in listed if entry.trouble is None]
    files = Counter(entry.parts for entry in sound if not entry.folder)
    folders = {entry.parts for entry in listed if entry.folder and entry.trouble is None}
    for entry in sound:
        folders |= {entry.parts[:depth] for depth in range(1, len(entry.parts))}
    for parts in folders & files.keys():
        files[parts] += 1
    return [
        *(entry for entry in listed if entry.trouble is not None),
        *(_named(parts) for parts in sorted(folders - files.keys())),
        *(Entry(parts=p, trouble=_TWICE if n > 1 else None) for p, n in sorted(files.items())),
    ]


def _named(folder: tuple[str, ...]) -> Entry:
    """A folder; in trouble where it is called a notebook."""
    entry = Entry(parts=folder, folder=True)
    return replace(entry, trouble=FOLDER) if entry.is_notebook else entry
