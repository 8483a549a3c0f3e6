"""Parses README and docs: blocks of code, the files they hold, and the commands they run."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "docs/quickstart.md",
    "docs/instructors.md",
    "docs/api.md",
    "docs/architecture.md",
    "docs/glossary.md",
    "docs/platforms.md",
    "docs/cluster.md",
    "docs/security.md",
    "docs/expected.md",
    "docs/rubrics.md",
    "docs/labs.md",
    "docs/errata.md",
    "docs/numbers.md",
    "docs/margins.md",
)
PYTHON_PAGES = ("README.md", "docs/api.md")
"""Pages whose Python blocks are run."""
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>\w+): (?P<what>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<!`)`((?:grade|pytest|python -m) [^`]+)`(?!`)")
_END = frozenset({"&&", ";", "|", ">", ">>", ">&"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of a page."""

    page: str
    language: str
    text: str
    mark: str
    """Kind that the comment above the block states: `file`, `ci`, or nothing."""
    what: str
    """The file's name, or the step's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line of a shell block."""

    page: str
    line: str
    """Without its comment."""
    ci: bool

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"


def text(page: str) -> str:
    """Return a page's text."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[Block]:
    """A page's blocks, in order."""
    for match in _BLOCK.finditer(text(page)):
        yield Block(
            page=page,
            language=match["language"],
            text=match["text"],
            mark=match["mark"] or "",
            what=match["what"] or "",
        )


def steps(page: str) -> Iterator[Block | Command]:
    """Yield the steps of a page's reader, in order: files to write and commands to run."""
    for block in blocks(page):
        if block.mark == "file":
            yield block
        elif block.language == "sh":
            for line in filter(None, map(_bare, block.text.splitlines())):
                yield Command(page=page, line=line, ci=block.mark == "ci")


def python(page: str) -> str:
    """Return a page's Python blocks as one script."""
    return "\n".join(block.text for block in blocks(page) if block.language == "python")


def commands(*pages: str) -> tuple[Command, ...]:
    """The commands of some pages, each once."""
    found: dict[str, Command] = {}
    for page in pages:
        for step in steps(page):
            if isinstance(step, Command):
                found.setdefault(step.line, step)
    return tuple(found.values())


def spans(page: str) -> tuple[str, ...]:
    """Commands that stand within a page's sentences."""
    prose = _BLOCK.sub("", text(page))
    return tuple(" ".join(span.split()) for span in _SPAN.findall(prose))


def _bare(line: str) -> str:
    """A line without its comment and the space before it."""
    return re.sub(r"\s+#\s.*$", "", line).strip()


def words(line: str) -> Iterator[list[str]]:
    """The commands of a line, each as its words: without redirections and what comes after."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    part: list[str] = []
    reading = True
    for word in lexer:
        if word in {"&&", ";", "|"}:
            yield part
            part, reading = [], True
        elif word in _END:
            reading = False
        elif reading:
            part.append(word)
    yield part
