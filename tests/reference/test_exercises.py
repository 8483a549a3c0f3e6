"""Tests the exercises: figures, effects of ablation, natural language, formation."""

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer
from transformer_lens.model_bridge import TransformerBridge

from reference.induction_heads import (
    ablation_effects,
    create_repeated_sequence,
    follower_of_last,
    induction_formation,
    measure_induction_loss,
    natural_language_induction,
    plot_attention_pattern,
)
from tests.reference.toys import stripe_model, stripe_score

PROMPT = "Harry Potter is a wizard . harry"


def test_figure_draws_the_pattern(generic: HookedTransformer) -> None:
    """The heatmap shows the head's pattern with one row per query, the first on top."""
    tokens = create_repeated_sequence(6, 0)
    figure = plot_attention_pattern(generic, tokens, 2, 4)
    _, cache = generic.run_with_cache(tokens)
    expected = cache["pattern", 2][0, 4].detach().numpy()
    np.testing.assert_allclose(figure.data[0].z, expected, rtol=0, atol=1e-6)
    assert figure.layout.yaxis.autorange == "reversed"


def test_figure_refuses_what_it_cannot_draw(generic: HookedTransformer) -> None:
    """A head that does not exist, or a batch, is rejected by name."""
    tokens = create_repeated_sequence(6, 0)
    with pytest.raises(ValueError, match="head must be from 0 to 4 for this model, got 5"):
        plot_attention_pattern(generic, tokens, 0, 5)
    with pytest.raises(ValueError, match="tokens must be a batch of 1 sequence, got 2"):
        plot_attention_pattern(generic, tokens.repeat(2, 1), 0, 0)


def test_effects_are_losses_by_group(generic: HookedTransformer) -> None:
    """Each group gets the loss and accuracy of its ablation, in addition to the baseline."""
    groups = {"first": [(0, 1)], "others": [(1, 0), (2, 4)], "none": []}
    effects = ablation_effects(generic, groups, seq_len=7, n_samples=2)
    assert list(effects) == ["baseline", "first", "others", "none"]
    assert effects["baseline"] == effects["none"] == measure_induction_loss(generic, 7, None, 2)
    assert effects["others"] == measure_induction_loss(generic, 7, groups["others"], 2)


def test_baseline_is_taken(generic: HookedTransformer) -> None:
    """A group named like the unablated model is rejected."""
    with pytest.raises(ValueError, match="head_groups must not name a group 'baseline'"):
        ablation_effects(generic, {"baseline": [(0, 1)]})


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Harry", " Potter", " met", " Harry"], 1),
        (["a", " b", " a", " c", " A"], 3),
        (["no", " no"], 1),
    ],
)
def test_follower_comes_after_the_latest_occurrence(texts: list[str], expected: int) -> None:
    """The position after the latest earlier occurrence is found, ignoring space and case."""
    assert follower_of_last(texts) == expected


@pytest.mark.parametrize("texts", [["a", " b"], ["a"]])
def test_follower_needs_an_occurrence(texts: list[str]) -> None:
    """A last token that does not occur before is an error."""
    with pytest.raises(ValueError, match="prompt must end in a token that occurs before its end"):
        follower_of_last(texts)


def test_language_reads_one_entry_of_each_pattern(bridge: TransformerBridge) -> None:
    """Each number is a head's attention from the last token to the one after its occurrence."""
    heads = [(2, 1), (0, 3), (2, 0), (2, 1)]
    _, cache = bridge.run_with_cache(torch.tensor([[1, 3, 4, 5, 6, 7, 2]]))
    expected = [cache["pattern", layer][0, head, 6, 1].item() for layer, head in heads]
    attention = natural_language_induction(bridge, PROMPT, heads)
    np.testing.assert_allclose(attention, expected, rtol=0, atol=1e-6)
    assert attention.dtype == np.float64


def test_language_of_no_heads_is_empty(bridge: TransformerBridge) -> None:
    """An empty list of heads gives an empty array."""
    assert natural_language_induction(bridge, PROMPT, []).shape == (0,)


def test_language_finds_the_planted_heads(model: HookedTransformer) -> None:
    """On a text about Harry the best induction head attends to the token after his name."""
    if model.tokenizer is None:
        pytest.skip("the model has no tokenizer")
    everything = [(layer, head) for layer in range(4, 8) for head in range(model.cfg.n_heads)]
    attention = natural_language_induction(model, "Harry Potter is a wizard. Harry", everything)
    assert attention.max() > 0.3


def test_language_checks_its_arguments(bridge: TransformerBridge) -> None:
    """A prompt without a repeated word, or a head that does not exist, is rejected by name."""
    with pytest.raises(ValueError, match="prompt must end in a token that occurs before its end"):
        natural_language_induction(bridge, "Harry Potter", [(0, 0)])
    with pytest.raises(ValueError, match="layer must be from 0 to 2 for this model, got 3"):
        natural_language_induction(bridge, PROMPT, [(3, 0)])


@pytest.mark.parametrize(
    ("sharpness", "formed"),
    [([0.0, 0.5, 1.5, 8.0, 6.0], 3), ([0.0, 8.0, 8.0], 1), ([8.0, 0.0], 0), ([0.0, 0.5], -1)],
)
def test_formation_is_the_first_half_way(sharpness: list[float], formed: int) -> None:
    """Heads form at the first checkpoint whose best score reaches half of the maximum."""
    checkpoints = (stripe_model(back=9, sharpness=[0.0, value]) for value in sharpness)
    best, index = induction_formation(checkpoints, seq_len=10, n_samples=1)
    np.testing.assert_allclose(best, stripe_score(range(10, 20), sharpness), rtol=0, atol=1e-6)
    assert index == formed


def test_formation_needs_checkpoints() -> None:
    """An empty list of checkpoints is rejected by name."""
    with pytest.raises(ValueError, match="checkpoints must hold at least 1 model, got none"):
        induction_formation([])
