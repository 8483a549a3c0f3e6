"""When two keys or two names are one student's; and names that no spreadsheet runs."""

import unicodedata

from grader.render.csv import inert


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula; what is neutral already stays as it is."""
    return text if text.startswith("'") and inert(text[1:]) == text else inert(text)


def key(text: str) -> str:
    """A key as keys are compared: spaces around it, composition and an apostrophe aside."""
    harmless = neutral(text)
    bare = (
        harmless[1:] if harmless.startswith("'") and inert(harmless[1:]) == harmless else harmless
    )
    return unicodedata.normalize("NFC", bare).strip()


def words(name: str) -> tuple[str, ...]:
    """A name's words in the order of speech: ``Lovelace, Ada`` is ``ada lovelace``."""
    parts = key(name).split(",")
    ordered = f"{parts[1]} {parts[0]}" if len(parts) == 2 else " ".join(parts)  # noqa: PLR2004 (last, first)
    kept = unicodedata.normalize("NFKC", ordered).casefold()
    return tuple("".join(c if _is_letter(c) else " " for c in kept).split())


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")
