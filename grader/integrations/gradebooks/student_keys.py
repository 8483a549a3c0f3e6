"""Compares students' keys and names in gradebooks, where an apostrophe escapes formulas."""

import unicodedata

from grader.files.student_keys import normalize_key
from grader.render.csv import escape_formula


def escape_formula_once(text: str) -> str:
    """Escape text that a spreadsheet would run as a formula, unless it is escaped already."""
    return text if _is_escaped(text) else escape_formula(text)


def normalize_cell_key(text: str) -> str:
    """Normalize a cell's key for comparison, without the apostrophe that escapes a formula."""
    escaped = escape_formula_once(text)
    return normalize_key(escaped[1:] if _is_escaped(escaped) else escaped)


def name_words(name: str) -> tuple[str, ...]:
    """Return a name's words in spoken order: ``Lovelace, Ada`` is ``ada lovelace``."""
    parts = normalize_cell_key(name).split(",")
    spoken = f"{parts[1]} {parts[0]}" if len(parts) == 2 else " ".join(parts)  # noqa: PLR2004
    folded = unicodedata.normalize("NFKC", spoken).casefold()
    return tuple("".join(c if _is_letter(c) else " " for c in folded).split())


def _is_escaped(text: str) -> bool:
    return text.startswith("'") and escape_formula(text[1:]) == text


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
