"""Escaping of untrusted text for terminals, pages and JSON."""

import pytest

from grader.files.escape import escape_json, escape_line, escape_text, printable


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\r",
        "\x7f",
        "\x9b",
        "\u061c",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\u180e",
        "\u2028",
        "\u3164",
        "\ufffb",
    ],
)
def test_unsafe_characters_become_visible(character: str) -> None:
    """Control, zero-width, bidirectional and blank characters are escaped."""
    assert escape_text(f"a{character}b") == f"a\\u{ord(character):04x}b"


def test_surrogates_can_be_encoded() -> None:
    """A lone surrogate does not reach an encoder."""
    assert escape_text("\udc80").encode() == rb"\udc80"


def test_text_stays_text() -> None:
    """Letters, symbols, emoji, tabs and newlines are not escaped."""
    text = "Größe ≤ 1\n\t‖W‖ 中文 🙂"
    assert escape_text(text) == text


def test_tags_are_escaped_in_full() -> None:
    """Characters beyond the first 65,536 have eight digits, or in JSON a pair of four."""
    assert escape_text("a\U000e0041b") == r"a\U000e0041b"
    assert escape_json("a\U000e0041b") == r"a\udb40\udc41b"


def test_four_accents_are_enough() -> None:
    """A letter keeps up to four accents; further ones are escaped."""
    assert escape_text("e\u0301\u0323") == "e\u0301\u0323"
    assert escape_text("z" + "\u0301" * 6) == "z" + "\u0301" * 4 + r"\u0301\u0301"


def test_a_line_is_one_line() -> None:
    """Line ends of every kind and runs of spaces are one space each."""
    assert escape_line("\n a\r\n\tb\u2028c\x85 d ") == "a b c d"


def test_json_cannot_end_a_script() -> None:
    """A tag that would end a script element is escaped, and parses back."""
    assert escape_json('"</script>"') == r'"\u003c/script>"'


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("é.ipynb", "é.ipynb"),
        ("a\nb", r"a\u000ab"),
        ("\x1b\u202e", r"\u001b\u202e"),
        ("\ud800", r"\ud800"),
    ],
)
def test_names_are_printed_on_one_line(text: str, escaped: str) -> None:
    """Printable characters stay, others are escaped."""
    assert printable(text) == escaped


def test_long_names_are_cut() -> None:
    """A name is cut after two hundred characters."""
    assert printable("a" * 300) == "a" * 200 + "…"
