"""Tests that normalisation removes what disguises a copy, and keeps what a function does."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.fingerprints import MAX_TOKENS, token_sequence
from grader.similarity.normalise import Definition, normalise

PATTERN = '''
{comment}
@torch.no_grad()
def f({a}, {b}: int = 2, *{c}, **{d}) -> float:
    """{text}"""
    {comment}
    import numpy as {e}
    {g}: list[int] = []{blank}
    with model.hooks({a}) as {h}, open("x"):
        for {i}, ({j}, *{k}) in enumerate({h}.cfg[{i}] for {i} in {a}):
            {g}.append(lambda {a}, *, {l}=2: ({m} := {a} + {l}) * {e}.mean(axis={b}))
    try:
        def {n}({o}):
            nonlocal {g}
            {g} = f"{{{o}:>{{{b}}}}} {{model}}"  {comment}
            return {n}({o}, seq_len={o})
    except (ValueError, KeyError) as {p}:
        raise {p} from {d}["{text}"]
    match {c}:
        case [{q}, *{r}] | {{"k": {q}, **{r}}}:
            del {q}
    global scores
    scores = {n}
    return {g}
'''
LETTERS = "abcdeghijklmnopqr"
NAMES = st.from_regex(r"own_[a-zA-Z_0-9]{1,6}", fullmatch=True)
COMMENTS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\{}')).map(
    lambda text: f"# {text}"
)


def norm(source: str, *own: str) -> str:
    """Normalise one definition."""
    definition = ast.parse(source).body[0]
    assert isinstance(definition, Definition)
    return normalise(definition, frozenset(own))


def fill_pattern(names: list[str], comment: str, blank: str) -> str:
    """Fill the pattern with names and comments."""
    by_letter = dict(zip(LETTERS, names, strict=True))
    return PATTERN.format(**by_letter, comment=comment, blank=blank, text="x")


@given(
    names=st.lists(NAMES, unique=True, min_size=len(LETTERS), max_size=len(LETTERS)),
    comment=COMMENTS,
    blank=st.sampled_from(["", "\n\n", "\n    # more\n", ";"]),
)
def test_names_and_comments_make_no_difference(names: list[str], comment: str, blank: str) -> None:
    """Code is equal whatever its local names, comments and blank lines are."""
    plain = norm(fill_pattern([f"n{letter}" for letter in LETTERS], "", ""))
    assert norm(fill_pattern(names, comment, blank)) == plain
    assert "own_" not in plain
    assert {"model", "scores", "seq_len", "axis", "cfg"} <= set(re.findall(r"\w+", plain))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x):\n    'says'\n    return x", "def f(y: int) -> int:\n    return (y)"),
        ("def f():\n    x: int = 1\n    return x", "def f():\n    y = 1\n    return y"),
        ("def f():\n    y: int\n    return 1", "def f():\n    return 1"),
        ("def f():\n    if a:\n        'todo'", "def f():\n    if a:\n        pass"),
        ("def f():\n    return helper(2)", "def f():\n    return mine(2)"),
        ("def f(a, b):\n    return b - a", "def f(b, a):\n    return a - b"),
        ("async def f(a):\n    await a", "async def f(b):\n    await b"),
        (
            "class C:\n    def m(self):\n        return 1",
            "class C:\n    def m(me):\n        return 1",
        ),
    ],
)
def test_code_that_does_the_same_is_equal(one: str, other: str) -> None:
    """Annotations, lone strings, brackets and the author's own global names do not matter."""
    assert norm(one, "helper", "mine") == norm(other, "helper", "mine")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2"),
        ("def f(x):\n    return x.mean()", "def f(x):\n    return x.sum()"),
        ("def f(a, b):\n    return a - b", "def f(a, b):\n    return a - a"),
        ("def f(x):\n    return g(x, dim=1)", "def f(x):\n    return g(x, axis=1)"),
        ("def f(x):\n    return 'a'", "def f(x):\n    return 'b'"),
        ("def f(x):\n    return model(x)", "def f(x):\n    return other(x)"),
    ],
)
def test_code_that_does_something_else_differs(one: str, other: str) -> None:
    """Numbers, strings, attributes, keywords, the lab's names and the use of names matter."""
    assert norm(one) != norm(other)


def test_an_inserted_statement_changes_few_tokens() -> None:
    """Names are encoded by their distance, so an inserted one does not renumber all others."""
    lines = [f"a{i} = g(a{i - 1}, a{i - 2}, {i})" for i in range(2, 20)]
    body = "\n    ".join(lines)
    before = token_sequence(norm(f"def f(a0, a1):\n    {body}"))
    after = token_sequence(norm(f"def f(a0, a1):\n    extra = 0\n    {body}"))
    assert after[-len(before) :] == before


def test_tokens_have_no_layout_and_a_limit() -> None:
    """Indentation and line ends are dropped; pasted data is cut."""
    assert token_sequence(norm("def f(x):\n    if x:\n        return 1")) == (
        "if", "v 0", ":", "return", "1",
    )  # fmt: skip
    assert (
        len(token_sequence(norm(f"def f():\n    return {list(range(MAX_TOKENS))}"))) == MAX_TOKENS
    )


def test_names_in_f_strings_make_no_difference() -> None:
    """This holds whether or not the Python version tokenises f-strings."""
    one = "def f(x):\n    y = x\n    return f'{y} a'"
    other = "def f(x):\n    extra = 0\n    y = x\n    return f'{y} a'"
    assert token_sequence(norm(other))[3:] == token_sequence(norm(one))
