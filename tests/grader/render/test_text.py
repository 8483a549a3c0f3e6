"""Student text at the edge."""

import pytest

from grader.render.text import plain


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
    ],
)
def test_what_is_obeyed_becomes_visible(character: str) -> None:
    """C0, C1, zero-width and bidirectional characters are escaped."""
    assert plain(f"a{character}b") == f"a\\u{ord(character):04x}b"


def test_surrogates_can_be_encoded() -> None:
    """A lone surrogate does not reach an encoder."""
    assert plain("\udc80").encode() == rb"\udc80"


def test_text_stays_text() -> None:
    """Letters, symbols, emoji, tabs and newlines are left alone."""
    text = "Größe ≤ 1\n\t‖W‖ 中文 🙂"
    assert plain(text) == text
