"""Hidden models are drawn from patterns, the same for the same seed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.models.transformations import TRANSFORMATION_FUNCTIONS
from grader.protocol.model_names import TRANSFORMATIONS, ModelName
from grader.rubric.hidden_models import pattern_problem, random_seed, sample_model, sample_models

MAX_SEED = 2**31 - 1
PATTERN = "planted-5..8x4..6@*/10000"
seeds = st.integers(0, MAX_SEED)
names = st.text(max_size=20)


def ranges(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    """Two numbers in order, the same one twice at times."""
    numbers = st.integers(least, most)
    return st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))


def shape(name: str) -> tuple[int, int]:
    """Layers and heads of a model's name, which must be one the loader knows."""
    parsed = ModelName.parse(name)
    return parsed.n_layers, parsed.n_heads


@given(ranges(2, 12), ranges(1, 16), seeds, names)
def test_numbers_are_within_their_ranges(
    layers: tuple[int, int], heads: tuple[int, int], seed: int, salt: str
) -> None:
    """Both ends included; layers and heads differ in number wherever they can."""
    pattern = f"planted-{layers[0]}..{layers[1]}x{heads[0]}..{heads[1]}@*/10000+heads"
    assert pattern_problem(pattern) is None
    n_layers, n_heads = shape(sample_model(pattern, seed, salt))
    assert layers[0] <= n_layers <= layers[1]
    assert heads[0] <= n_heads <= heads[1]
    assert n_layers != n_heads or layers == heads == (n_layers, n_layers)


@given(seeds, names)
def test_seeds_are_seeds_and_the_rest_stays(seed: int, salt: str) -> None:
    """`*` is a seed from 1 to 2**31 - 1; vocabulary and disguises are as written."""
    parsed = ModelName.parse(sample_model("generic-4..6x3@*/100..200+tokens", seed, salt))
    assert 1 <= parsed.seed <= MAX_SEED
    assert 100 <= parsed.d_vocab <= 200
    assert parsed.transformations == ("tokens",)


@given(seeds, names)
def test_the_same_seed_draws_the_same(seed: int, salt: str) -> None:
    """Nothing else decides: not the order of draws, nor the global random state."""
    first = sample_model(PATTERN, seed, salt)
    random.random()  # noqa: S311 - no secret
    assert sample_model(PATTERN, seed, salt) == first


def test_the_same_on_every_machine() -> None:
    """Names once drawn are drawn for ever: a hidden key is found again by its seed."""
    assert sample_model(PATTERN, 7, "grading") == "planted-7x5@1714655505/10000"
    assert sample_model("generic-4..6x3@*", 7, "generic") == "generic-4x3@1143686863"


def test_another_seed_or_salt_draws_another() -> None:
    """A hundred of each are a hundred different models."""
    assert len({sample_model(PATTERN, seed, "grading") for seed in range(100)}) == 100
    assert len({sample_model(PATTERN, 0, str(salt)) for salt in range(100)}) == 100


def test_every_shape_comes_up() -> None:
    """All that differ, each about as often: 4 x 3 shapes less the two square ones."""
    drawn = [shape(sample_model(PATTERN, seed, "")) for seed in range(2000)]
    counts = {one: drawn.count(one) for one in set(drawn)}
    assert len(counts) == 10
    assert all(130 < count < 270 for count in counts.values())


@pytest.mark.parametrize(
    "name",
    [
        "planted-12x12",
        "generic-5x3@1/10000+heads",
        "gpt2-small",
        "trained-2x4@0",
        "../weights",
        "./a.b/weights",
        "EleutherAI/pythia-14m",
    ],
)
def test_a_plain_name_is_a_pattern(name: str) -> None:
    """If a pattern has nothing to draw, its name stands for itself."""
    assert pattern_problem(name) is None
    assert sample_model(name, 3, "x") == name


def test_square_where_nothing_else_can_be() -> None:
    """A pattern with one shape gets it."""
    assert sample_model("planted-6..6x6@1/300", 0, "") == "planted-6x6@1/300"


def test_each_name_draws_for_itself() -> None:
    """Two names of one pattern are two models, each what its name alone would be."""
    drawn = sample_models({"one": PATTERN, "two": PATTERN, "real": "gpt2-small"}, 5)
    assert drawn["one"] != drawn["two"]
    assert drawn == {
        "one": sample_model(PATTERN, 5, "one"),
        "two": sample_model(PATTERN, 5, "two"),
        "real": "gpt2-small",
    }


def test_an_earlier_name_stands_for_its_model() -> None:
    """A model and the same one in disguise can be drawn together, a disguise over another too."""
    patterns = {"generic": "generic-4..6x3@*", "turned": "generic+heads", "both": "turned+scale"}
    assert [pattern_problem(pattern) for pattern in patterns.values()] == [None] * 3
    drawn = sample_models(patterns, 5)
    assert drawn["turned"] == f"{drawn['generic']}+heads"
    assert drawn["both"] == f"{drawn['generic']}+heads+scale"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("planted-8..5x4@*", "8..5 is an empty range: the smaller number comes first"),
        ("planted-5x4@9..8", "9..8 is an empty range"),
        ("planted-5..13x4", "a hidden planted model has 2 to 12 layers"),
        ("planted-1..5x4", "a hidden planted model has 2 to 12 layers"),
        ("planted-13x4", "a hidden planted model has 2 to 12 layers"),
        ("generic-0..5x4", "a hidden generic model has 1 to 12 layers"),
        ("generic-4x3..17", "a hidden generic model has 1 to 16 heads"),
        ("generic-4x0..3", "a hidden generic model has 1 to 16 heads"),
        ("generic-4x3/1..3", "a hidden generic model has 2 to 999999 tokens"),
        ("planted-5..8x4@*+tokens", "+tokens needs another vocabulary than GPT-2's"),
        ("planted-5..8x4@*/50000..60000+tokens", "+tokens needs another vocabulary than GPT-2's"),
        ("planted-5..x4", "is no pattern of a model's name: write planted-5..8x4..6@*/10000"),
        ("planted-*x4", "is no pattern"),
        ("generic-4x3+hats", "is no pattern"),
        ("generic+hats", "is no pattern"),
        ("gpt2-small+heads", "is no pattern"),
        ("trained-2x4@*", "is no pattern"),
        ("gpt2-*", "is no pattern"),
    ],
)
def test_a_wrong_pattern_is_said_in_one_line(pattern: str, problem: str) -> None:
    """The message says what is wrong and what to write; nothing is drawn from such a pattern."""
    said = pattern_problem(pattern)
    assert said is not None
    assert problem in said
    assert "\n" not in said


def test_nothing_is_drawn_from_a_wrong_pattern() -> None:
    """Whoever did not ask before is told the same."""
    with pytest.raises(ValueError, match=r"8\.\.5 is an empty range"):
        sample_models({"grading": "planted-8..5x4@*"}, 0)


@given(st.text(alphabet="planted-generic0123456789.x@*/+heads", max_size=30), seeds)
def test_any_text_is_drawn_from_or_refused(text: str, seed: int) -> None:
    """No pattern without a problem fails, and what it gives has nothing left to draw."""
    if pattern_problem(text) is None:
        assert pattern_problem(sample_model(text, seed, "")) is None


def test_names_and_loader_know_the_same_transformations() -> None:
    """A name may end in every transformation that models have, and in no other."""
    assert set(TRANSFORMATIONS) == set(TRANSFORMATION_FUNCTIONS)
    for name in TRANSFORMATIONS:
        assert pattern_problem(f"generic-4..6x3@*+{name}") is None


def test_fresh_seeds_are_fresh() -> None:
    """From 1 to 2**31 - 1, and not twice the same."""
    drawn = {random_seed() for _ in range(100)}
    assert len(drawn) == 100
    assert all(1 <= seed <= MAX_SEED for seed in drawn)
