"""Rules of the house that no linter holds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GRADER = sorted((ROOT / "grader").rglob("*.py"))
REFERENCE = sorted((ROOT / "reference").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TRUSTED = [p for p in GRADER if not {"kernel", "models", "ipython_magic"} & set(p.parts)]
PUBLISHED = ("grader", "reference", "rubrics", "student_template", "docs")
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".ipynb", ".txt", ".cfg", ".sh", ""}
UNTRUSTED = {"torch", "transformer_lens", "reference", "nbclient", "IPython"}


def name(path: Path) -> str:
    """A file as it is named in the repository."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, nested ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def texts() -> Iterator[Path]:
    """Every text file that is published: packages, and what lies at the top."""
    for folder in PUBLISHED:
        yield from (p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix in TEXT)
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.suffix in TEXT)


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_states_its_rule(path: Path) -> None:
    """A test's docstring is the rule that it holds."""
    tests = [f for f in functions(path) if f.name.startswith("test_")]
    assert [f.name for f in tests if not ast.get_docstring(f)] == []


@pytest.mark.parametrize("path", [*GRADER, *REFERENCE, *TESTS], ids=name)
def test_files_are_short(path: Path) -> None:
    """A file fits one sitting: 300 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", [*GRADER, *REFERENCE], ids=name)
def test_functions_are_short(path: Path) -> None:
    """A function fits a screen: 60 lines, its docstring included."""
    sizes = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions(path)}
    assert {function: size for function, size in sizes.items() if size > 60} == {}


@pytest.mark.parametrize("path", [*GRADER, *REFERENCE], ids=name)
def test_nothing_unsafe_is_used(path: Path) -> None:
    """No pickle, no YAML that makes objects, no shell."""
    text = path.read_text(encoding="utf-8")
    assert not {m for m in imported(path) if m.split(".")[0] in {"pickle", "dill", "marshal"}}
    assert [used for used in ("yaml.load(", "shell=True", "os.system(") if used in text] == []


@pytest.mark.parametrize("path", TRUSTED, ids=name)
def test_the_trusted_side_imports_nothing_heavy(path: Path) -> None:
    """Only what runs in a notebook's kernel knows torch; nothing of the grader the answers."""
    assert {m for m in imported(path) if m.split(".")[0] in UNTRUSTED} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "grader" / "ipython_magic").glob("*.py")), ids=name)
def test_a_live_check_leaves_torch_to_its_rooms(path: Path) -> None:
    """`grader.ipython_magic` imports no torch of its own: it uses `grader.kernel`."""
    assert {m for m in imported(path) if m.split(".")[0] in {"torch", "transformer_lens"}} == set()


def test_nothing_points_outside_the_repository() -> None:
    """Published files name no folder that only the authors have."""
    folder = "shared" + "/"
    named = [name(p) for p in texts() if folder in p.read_text(encoding="utf-8", errors="replace")]
    assert named == []
