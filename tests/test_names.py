"""Names are the field's words: retired ones do not come back, and prose begins with its subject."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [*(ROOT / "grader").rglob("*.py"), *(ROOT / "reference").rglob("*.py")]
FILES = sorted(path for path in PACKAGES if "worked" not in path.parts)
FOLDERS = sorted(path.parent for path in FILES if path.name == "__init__.py")
RETIRED = frozenset(
    [
        *["asked", "bench", "crew", "desk", "disguise", "gathering", "handed", "parcel"],
        *["rescoring", "shelf", "sitting", "standing", "strays", "told"],
    ]
)
"""Words of names that `docs/glossary.md` has replaced."""
HEADLESS = re.compile(r"(What|Whether|Of|Whose|Who|How|Where|Which)\b")
LOOSE = {"__init__.py", "__main__.py", "errors.py", "labs.py"}


def name(path: Path) -> str:
    """Return a file's path in the repository."""
    return path.relative_to(ROOT).as_posix()


def identifiers(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a module defines, binds or reads as an attribute."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg() | ast.keyword():
                yield node.arg or ""
            case ast.Name():
                yield node.id
            case ast.Attribute():
                yield node.attr
            case _:
                pass


def words(identifier: str) -> set[str]:
    """Split a name in snake case or camel case into lower-case words."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)}


def docstrings(tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings of a module, of all it defines, and of its attributes."""
    for node in ast.walk(tree):
        body = getattr(node, "body", [])
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield str(statement.value.value).strip()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_retired_words_do_not_come_back(path: Path) -> None:
    """No name of the code contains a word that the glossary has replaced."""
    used = identifiers(ast.parse(path.read_text(encoding="utf-8")))
    assert sorted(i for i in {*used, path.stem} if words(i) & RETIRED) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_docstrings_name_their_subject(path: Path) -> None:
    """No docstring begins with a relative pronoun or a bare preposition."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [text.splitlines()[0] for text in docstrings(tree) if HEADLESS.match(text)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_folder_says_what_it_is_for(folder: Path) -> None:
    """A folder's `__init__` has a docstring of a sentence or more."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert text
    assert len(text.split()) >= 5


def test_the_top_folder_has_four_loose_files() -> None:
    """The listing of `grader/` is folders, and nothing else but the files of `LOOSE`."""
    assert {path.name for path in (ROOT / "grader").glob("*.py")} == LOOSE


def test_tests_mirror_the_folders() -> None:
    """Every folder of `grader/` that holds code has a folder of tests of the same name."""
    rooms = {p.name for p in (ROOT / "grader").iterdir() if (p / "__init__.py").exists()}
    assert sorted(r for r in rooms if not (ROOT / "tests" / r).is_dir()) == []
