"""Names of models that are built here."""

import pytest

from grader.errors import KernelError
from grader.protocol.model_names import ModelName, ModelPattern, is_synthetic


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("planted-12x12", ModelName("planted", 12, 12, 0, 50257)),
        ("planted-7x5@3/10000", ModelName("planted", 7, 5, 3, 10000)),
        ("generic-1x3", ModelName("generic", 1, 3, 0, 120)),
        ("generic-3x5@1+heads+scale", ModelName("generic", 3, 5, 1, 120, ("heads", "scale"))),
    ],
)
def test_a_name_states_everything(name: str, parsed: ModelName) -> None:
    """Parsing a name and formatting it are inverse to each other; defaults are left out."""
    assert is_synthetic(name)
    assert ModelName.parse(name) == parsed
    assert str(parsed) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("planted", "no model is called 'planted': write planted-LAYERSxHEADS"),
        ("generic-2x3/120@1", "no model is called"),
        ("planted-1x4", "2 layers or more"),
        ("generic-0x4", "1 layers or more"),
        ("generic-2x3/1", "2 tokens or more"),
        ("planted-2x3+tokens", "GPT-2's tokens other texts"),
    ],
)
def test_a_wrong_name_is_one_clear_line(name: str, message: str) -> None:
    """The error says what is wrong and what to write."""
    with pytest.raises(KernelError, match=message) as error:
        ModelName.parse(name)
    assert "\n" not in str(error.value)


def test_a_name_is_a_pattern_of_itself() -> None:
    """A pattern's grammar is the names' grammar with ranges in it."""
    for name in ("planted-12x12", "generic-3x5@1/300+heads"):
        parsed, pattern = ModelName.parse(name), ModelPattern.parse(name)
        assert pattern is not None
        assert (pattern.kind, pattern.transformations) == (parsed.kind, parsed.transformations)
        assert list(pattern.n_layers) == [parsed.n_layers]
        assert list(pattern.d_vocab) == [parsed.d_vocab]
        assert pattern.fill(parsed.n_layers, parsed.n_heads, choose=min) == name
