"""Finds the gain at which each planted head is as sharp as its circuit says."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from grader.models.planted.attention import SEQ_LEN, attend, target
from grader.models.planted.circuit import Head, Kind, PlantedCircuit
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    P,
    S,
    draw_token_directions,
    position_directions,
)

N_SAMPLES = 4
MAX_GAIN, GAIN_STEP = 64.0, 1 / 64


def find_gains(
    circuit: PlantedCircuit,
    frequencies: Float[Tensor, " frequency"],
    generator: torch.Generator,
) -> dict[Head, float]:
    """Find each head's gain on repeated random tokens.

    Args:
        circuit: The heads, and the sharpness of each.
        frequencies: Those of the model's position directions.
        generator: Where the tokens come from.
    """
    residual = _draw_sample(frequencies, generator)
    gains: dict[Head, float] = {}
    for kind in Kind:  # previous-token heads first: induction heads read what these have written
        planted = [head for head in circuit.heads if head.kind is kind]
        if not planted:
            continue
        sharpness = residual.new_tensor([head.sharpness for head in planted])
        scores = attend(kind, frequencies).scores(residual)
        found = _bisect(scores, target(kind), sharpness)
        gains |= zip((head.head for head in planted), found.tolist(), strict=True)
        if kind is Kind.PREVIOUS_TOKEN:
            pattern = _patterns(scores, found).sum(dim=0) / sharpness.sum()
            residual[..., S] += pattern @ residual[..., E]
    return gains


def _draw_sample(
    frequencies: Float[Tensor, " frequency"], generator: torch.Generator
) -> Float[Tensor, "sample pos coordinate"]:
    """The residual stream of repeated random tokens, as the first layer finds it."""
    tokens = draw_token_directions(N_SAMPLES * SEQ_LEN, None, generator)
    half = tokens.view(N_SAMPLES, SEQ_LEN, WIDTH)
    residual = tokens.new_zeros(N_SAMPLES, 2 * SEQ_LEN, N_COORDINATES)
    residual[..., E] = torch.cat([half, half], dim=1)
    residual[..., P] = position_directions(frequencies, 2 * SEQ_LEN)
    residual[:, 0, FIRST_POSITION_MARK] = 1.0
    return residual


def _patterns(
    scores: Float[Tensor, "sample query_pos key_pos"], gains: Float[Tensor, " head_index"]
) -> Float[Tensor, "head_index sample query_pos key_pos"]:
    """Attention patterns of heads that differ in their gain alone."""
    return (gains[:, None, None, None] * scores).softmax(dim=-1)


def _bisect(
    scores: Float[Tensor, "sample query_pos key_pos"],
    to: Bool[Tensor, "query_pos key_pos"],
    sharpness: Float[Tensor, " head_index"],
) -> Float[Tensor, " head_index"]:
    """Bisect for the gains at which the target gets the wanted share of the attention.

    Args:
        scores: Attention scores at gain one.
        to: The target of each query position that has one.
        sharpness: The share of attention each head is to give to its target.
    """
    aimed = to.any(dim=1)
    scores, to = scores[:, aimed], to[aimed]
    low = torch.zeros_like(sharpness)
    high = torch.full_like(sharpness, MAX_GAIN)
    while float((high - low).max()) > GAIN_STEP:
        gains = (low + high) / 2
        blunt = _patterns(scores, gains)[:, :, to].mean(dim=(1, 2)) < sharpness
        low, high = torch.where(blunt, gains, low), torch.where(blunt, high, gains)
    return (low + high) / 2
