"""Tests what weight transformations leave unchanged, and what they change in a known way."""

import pytest
import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.errors import KernelError
from grader.models import load_bridge, load_checkpoints, load_model

PLAIN = ["planted-3x4@5/300", "generic-3x4@1/120"]
plain_models = pytest.mark.parametrize("name", PLAIN)

N_TOKENS = 120
"""A vocabulary that both plain models contain; the larger one's tokens do not wrap."""


def repeated() -> Int[Tensor, "batch pos"]:
    """Return two sequences of random tokens, each repeated once."""
    half = torch.randint(0, N_TOKENS, (2, 12), generator=torch.Generator().manual_seed(0))
    return torch.cat([half, half], dim=1)


def patterns(
    model: HookedTransformer, tokens: Int[Tensor, "batch pos"]
) -> Float[Tensor, "n_layers batch head_index query_pos key_pos"]:
    """Return every head's attention pattern."""
    _, cache = model.run_with_cache(tokens)
    return torch.stack([cache["pattern", layer] for layer in range(model.cfg.n_layers)])


def induction_scores(model: HookedTransformer) -> Float[Tensor, "n_layers n_heads"]:
    """Return the lab's induction score of every head."""
    stripe = patterns(model, repeated()).diagonal(offset=1 - 12, dim1=-2, dim2=-1)
    return stripe[..., 1:].mean(dim=(1, 3))


def composition(
    model: HookedTransformer,
) -> tuple[
    Float[Tensor, "source_layer source_head target_layer target_head"],
    Float[Tensor, "source_layer source_head target_layer target_head"],
]:
    """Return the K-composition of all pairs of heads, as a ratio of norms and without divisor."""
    W_OV = model.W_V @ model.W_O
    product = torch.einsum("shij,tgjk->shtgik", W_OV, model.W_K).norm(dim=(-2, -1))
    scale = W_OV.norm(dim=(-2, -1))[:, :, None, None] * model.W_K.norm(dim=(-2, -1))
    return product / scale, product


@plain_models
def test_renumbering_heads_keeps_logits_and_moves_patterns(name: str) -> None:
    """Logits stay the same; patterns and scores of head h move to head h + 1."""
    plain, transformed = load_model(name, "cpu"), load_model(f"{name}+heads", "cpu")
    tokens = repeated()
    torch.testing.assert_close(transformed(tokens), plain(tokens), atol=1e-4, rtol=1e-4)
    expected = patterns(plain, tokens).roll(1, dims=2)
    torch.testing.assert_close(patterns(transformed, tokens), expected, atol=1e-5, rtol=1e-4)
    scores = induction_scores(plain)
    assert not torch.allclose(scores.roll(1, dims=1), scores, atol=1e-3)
    torch.testing.assert_close(induction_scores(transformed), scores.roll(1, dims=1))


@plain_models
def test_renumbering_heads_moves_compositions(name: str) -> None:
    """The composition of a pair moves with both heads."""
    plain, transformed = (composition(load_model(n, "cpu"))[0] for n in (name, f"{name}+heads"))
    torch.testing.assert_close(transformed, plain.roll((1, 1), dims=(1, 3)))


@plain_models
def test_renumbering_tokens_keeps_patterns_of_the_same_text(name: str) -> None:
    """Tokens moved by one give the same patterns, and the same logits moved by one."""
    plain, transformed = load_model(name, "cpu"), load_model(f"{name}+tokens", "cpu")
    tokens = repeated()
    moved = (tokens + 1) % plain.cfg.d_vocab
    torch.testing.assert_close(patterns(transformed, moved), patterns(plain, tokens))
    torch.testing.assert_close(transformed(moved), plain(tokens).roll(1, dims=-1))
    assert not torch.allclose(transformed(tokens), plain(tokens), atol=1e-2)


def test_the_last_token_becomes_the_first() -> None:
    """The vocabulary keeps its size, because the last token becomes token 0."""
    plain, transformed = (load_model(f"generic-2x3{d}", "cpu") for d in ("", "+tokens"))
    last, first = torch.tensor([[119, 5]]), torch.tensor([[0, 6]])
    torch.testing.assert_close(transformed(first), plain(last).roll(1, dims=-1))


@plain_models
def test_rescaling_changes_only_norms(name: str) -> None:
    """Logits, patterns, scores and composition ratios are the same; the product doubles."""
    plain, transformed = load_model(name, "cpu"), load_model(f"{name}+scale", "cpu")
    tokens = repeated()
    assert torch.equal(transformed(tokens), plain(tokens))
    assert torch.equal(patterns(transformed, tokens), patterns(plain, tokens))
    assert torch.equal(induction_scores(transformed), induction_scores(plain))
    (ratio, product), (other_ratio, other_product) = composition(plain), composition(transformed)
    torch.testing.assert_close(other_ratio, ratio)
    torch.testing.assert_close(other_product, 2 * product)
    for weight in ("W_Q", "W_K", "W_V", "W_O"):
        assert not torch.equal(getattr(transformed, weight), getattr(plain, weight))


def test_transformations_are_applied_in_order() -> None:
    """Transformations apply in turn, and the same one twice moves heads by two."""
    plain, both, twice = (
        load_model(f"generic-2x3@4{suffixes}", "cpu")
        for suffixes in ("", "+scale+heads", "+heads+heads")
    )
    torch.testing.assert_close(both.W_K, 2 * plain.W_K.roll(1, dims=1))
    assert torch.equal(twice.W_K, plain.W_K.roll(2, dims=1))


def test_a_transformed_model_is_in_evaluation_mode() -> None:
    """A transformed model has no gradients, and GPT-2's tokenizer if its tokens are GPT-2's."""
    model = load_model("planted-2x3+heads+scale", "cpu")
    assert not any(weight.requires_grad for weight in model.parameters())
    assert model.to_tokens("Hello world").tolist() == [[50256, 15496, 995]]
    assert load_model("planted-2x3/300+tokens", "cpu").tokenizer is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("generic-2x3+hats", r"with any of \+heads, \+tokens, \+scale, \+blurred after"),
        ("generic-2x3+", "generic-LAYERSxHEADS"),
        ("generic-2x3+headsscale", "generic-LAYERSxHEADS"),
        ("generic-2x3+heads/120", "generic-LAYERSxHEADS"),
        ("planted-1x4+heads", "2 layers or more"),
        ("planted-3x2+tokens", r"GPT-2's tokens other texts: write /10000\+tokens"),
        ("planted-3x2/50257+heads+tokens", "GPT-2's tokens other texts"),
        ("gpt2-small+heads", "only planted and generic models can be transformed"),
        ("trained-2x4@0+heads", "only planted and generic models can be transformed"),
        ("/nowhere/weights+scale", "only planted and generic models can be transformed"),
    ],
)
def test_what_cannot_be_transformed_is_a_one_line_error(name: str, message: str) -> None:
    """Unknown transformations, renumbered GPT-2 tokens and real models are rejected."""
    with pytest.raises(KernelError, match=message) as error:
        load_model(name, "cpu")
    assert "\n" not in str(error.value)


def test_bridges_and_training_runs_cannot_be_transformed() -> None:
    """The other ways to load a model reject such names too."""
    with pytest.raises(KernelError, match="only planted and generic models can be transformed"):
        load_bridge("gpt2-small+heads", "cpu")
    with pytest.raises(KernelError, match="no training run is called"):
        load_checkpoints("trained-2x4@0+heads")
