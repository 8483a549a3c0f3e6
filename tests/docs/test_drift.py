"""README, docs, command line and rubric cannot drift apart."""

import re

import click
import pytest

from grader.answer_key.find import rubric_with_mistakes
from grader.answer_key.known_answers import with_equivalent_variants
from grader.checks import CHECK_KINDS
from grader.cli import cli
from grader.cli.main import COMMANDS as LISTED
from grader.cli.options import GRADEBOOKS, PLATFORMS
from grader.errors import GraderError, KernelError, RubricError, SubmissionError
from grader.ipython_magic.magic import parse_arguments
from grader.rubric.load import load_rubric
from tests.docs.options import about, every_command, named, names, options, sections, typed
from tests.docs.pages import PAGES, ROOT, commands, spans, text, words

README = text("README.md")
COMMANDS = every_command()
OPTIONS = [(name, o.opts) for name, command in COMMANDS.items() for o in options(command)]


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=str)
def test_every_option_is_named_beside_its_command(command: str, option: list[str]) -> None:
    """Some section of README or docs names both: every option of every command."""
    beside = set().union(*(named(part) for part in sections() if about(command, part)))
    assert beside & set(option)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_docs(command: str) -> None:
    """A line of some shell block runs it."""
    lines = [" ".join(part) for c in commands(*PAGES) for part in words(c.line)]
    assert any((found := typed(line, COMMANDS)) and found[0] == command for line in lines)


@pytest.mark.parametrize("page", PAGES)
def test_no_option_is_stale(page: str) -> None:
    """An option that stands with a command in a sentence is one of that command's."""
    found = [found for span in spans(page) if (found := typed(span, COMMANDS))]
    assert [(c, stale) for c, said in found if (stale := said - names(COMMANDS[c]))] == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_help_says_what_it_is_for(command: str) -> None:
    """A purpose of one line, and with every option that has no choices what it means."""
    found = COMMANDS[command]
    assert found.get_short_help_str(limit=200).endswith(".")
    said = [o for o in options(found) if not o.help and not isinstance(o.type, click.Choice)]
    assert said == []


@pytest.mark.parametrize("name", [*PLATFORMS.choices, *GRADEBOOKS.choices])
def test_every_platform_and_gradebook_is_named(name: str) -> None:
    """The docs name every value of `--format` and `--to`."""
    assert f"`{name}`" in text("docs/platforms.md") + text("docs/instructors.md")


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_every_check_kind_is_used(kind: str) -> None:
    """The lab's rubric and its known mistakes use every kind."""
    files = [*(ROOT / "rubrics").rglob("*.yaml"), *(ROOT / "reference").rglob("*.yaml")]
    assert any(f"{{{kind}: " in path.read_text(encoding="utf-8") for path in files)


def test_every_known_answer_is_in_the_table_of_margins() -> None:
    """The page of margins was made after the last variant or mistake came in, and all held."""
    page = text("docs/margins.md")
    rubric = with_equivalent_variants(rubric_with_mistakes(load_rubric()))
    known = [m.name for m in rubric.mistakes if m.source or m.replace_values]
    known += [v.name for v in rubric.variants if v.source or v.replace_values]
    assert [name for name in known if f"| {name} |" not in page] == []
    assert "all hold" in page
    variants = sum(1 for variant in rubric.variants if not variant.is_reference)
    assert f"{variants} variants and {len(rubric.mistakes)} mistakes on 6 model sets" in page
    assert f"{variants} right solutions and {len(rubric.mistakes)} wrong ones" in README


def test_exit_codes_are_the_documented_ones() -> None:
    """2 is the file's or the rubric's fault, 3 is the grader's own side; README says so."""
    assert (SubmissionError.exit_code, RubricError.exit_code) == (2, 2)
    assert (KernelError.exit_code, GraderError.exit_code) == (3, 3)
    assert all(f"| {code} |" in README for code in range(4))


def test_constraints_pin_every_dependency() -> None:
    """Whatever the project needs has a tested version in the constraints file."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.findall(r'^    "([A-Za-z0-9_-]+)>=', project, re.MULTILINE)
    assert len(needed) > 20
    assert [n for n in needed if f"\n{n.lower().replace('_', '-')}==" not in pins] == []


@pytest.mark.parametrize("line", re.findall(r"^%grade(.*)$", README, re.MULTILINE))
def test_what_is_typed_in_a_notebook_is_understood(line: str) -> None:
    """Each `%grade` of the README is one that the magic reads; `test_magic.py` runs it."""
    name = parse_arguments(line).name
    assert name is None or name in load_rubric(None).rubric.functions


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Files and headings that a page links to are there."""
    for target in re.findall(r"\]\(((?!https?:)[^)#\s]*(?:#[^)\s]*)?)\)", text(page)):
        path, _, heading = target.partition("#")
        file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert file.exists(), target
        if heading:
            assert heading in anchors(file.read_text(encoding="utf-8")), target


def anchors(page: str) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_readme() -> None:
    """A newcomer finds each page of docs from README, in two steps at most."""
    said = README + text("docs/instructors.md") + text("docs/rubrics.md")
    pages = sorted((ROOT / "docs").glob("*.md"))
    assert [p.name for p in pages if f"{p.name})" not in said and f"{p.name}#" not in said] == []
    assert {f"docs/{p.name}" for p in pages} < set(PAGES)


def test_the_groups_help_names_every_command() -> None:
    """`grade --help` lists the commands, and the options of grading."""
    said = cli.get_help(click.Context(cli, info_name="grade"))
    assert [name for name in LISTED if name not in said] == []
