"""Student text at the edge."""

import pytest

from grader.render.escape import in_json, line, plain


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
def test_what_is_obeyed_becomes_visible(character: str) -> None:
    """Control, zero-width, bidirectional and blank characters are escaped."""
    assert plain(f"a{character}b") == f"a\\u{ord(character):04x}b"


def test_surrogates_can_be_encoded() -> None:
    """A lone surrogate does not reach an encoder."""
    assert plain("\udc80").encode() == rb"\udc80"


def test_text_stays_text() -> None:
    """Letters, symbols, emoji, tabs and newlines are left alone."""
    text = "Größe ≤ 1\n\t‖W‖ 中文 🙂"
    assert plain(text) == text


def test_tags_are_escaped_in_full() -> None:
    """Characters beyond the first 65,536 have eight digits, or in JSON a pair of four."""
    assert plain("a\U000e0041b") == r"a\U000e0041b"
    assert in_json("a\U000e0041b") == r"a\udb40\udc41b"


def test_four_accents_are_enough() -> None:
    """A letter keeps what any language puts on it; a tower above it is shown as what it is."""
    assert plain("e\u0301\u0323") == "e\u0301\u0323"
    assert plain("z" + "\u0301" * 6) == "z" + "\u0301" * 4 + r"\u0301\u0301"


def test_a_line_is_one_line() -> None:
    """Line ends of every kind and runs of spaces are one space each."""
    assert line("\n a\r\n\tb\u2028c\x85 d ") == "a b c d"


def test_json_cannot_end_a_script() -> None:
    """What would end the element it is put into is escaped, and reads back."""
    assert in_json('"</script>"') == r'"\u003c/script>"'
