"""Code as it is compared: what a copy is disguised with is gone, what a function does is not."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.fingerprints import MOST, tokens
from grader.similarity.normalise import Definition, normalised

PATTERN = '''
{comment}
@torch.no_grad()
def f({a}, {b}: int = 2, *{c}, **{d}) -> float:
    """{said}"""
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
        raise {p} from {d}["{said}"]
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
    """One definition, normalised."""
    definition = ast.parse(source).body[0]
    assert isinstance(definition, Definition)
    return normalised(definition, frozenset(own))


def written(names: list[str], comment: str, blank: str) -> str:
    """The pattern in someone's names."""
    by_letter = dict(zip(LETTERS, names, strict=True))
    return PATTERN.format(**by_letter, comment=comment, blank=blank, said="x")


@given(
    names=st.lists(NAMES, unique=True, min_size=len(LETTERS), max_size=len(LETTERS)),
    comment=COMMENTS,
    blank=st.sampled_from(["", "\n\n", "\n    # more\n", ";"]),
)
def test_other_names_and_comments_are_the_same(names: list[str], comment: str, blank: str) -> None:
    """Whatever the local names are, and whatever is written beside the code."""
    plain = norm(written([f"n{letter}" for letter in LETTERS], "", ""))
    assert norm(written(names, comment, blank)) == plain
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
def test_what_changes_nothing_is_the_same(one: str, other: str) -> None:
    """Annotations, texts that stand alone, brackets, and names of the author's own outside."""
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
def test_what_a_function_does_stays(one: str, other: str) -> None:
    """Numbers, texts, attributes, keywords, the lab's names, and which name is used where."""
    assert norm(one) != norm(other)


def test_a_statement_more_changes_few_tokens() -> None:
    """A name is how long ago it was used: another before it does not number all anew."""
    lines = [f"a{i} = g(a{i - 1}, a{i - 2}, {i})" for i in range(2, 20)]
    body = "\n    ".join(lines)
    before = tokens(norm(f"def f(a0, a1):\n    {body}"))
    after = tokens(norm(f"def f(a0, a1):\n    extra = 0\n    {body}"))
    assert after[-len(before) :] == before


def test_tokens_have_no_layout_and_an_end() -> None:
    """Indentation and line ends do not count; pasted data is cut."""
    assert tokens(norm("def f(x):\n    if x:\n        return 1")) == (
        "if", "v 0", ":", "return", "1",
    )  # fmt: skip
    assert len(tokens(norm(f"def f():\n    return {list(range(MOST))}"))) == MOST


def test_names_in_formatted_texts_are_no_one_s() -> None:
    """Whether a version of Python sees them as tokens or not."""
    one = "def f(x):\n    y = x\n    return f'{y} a'"
    other = "def f(x):\n    extra = 0\n    y = x\n    return f'{y} a'"
    assert tokens(norm(other))[3:] == tokens(norm(one))
