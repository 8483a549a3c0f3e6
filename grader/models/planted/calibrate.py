"""Calibrates each planted head's gain so that it attends as sharply as its circuit specifies."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from grader.models.planted.attention import SEQ_LEN, qk_circuit, target_positions
from grader.models.planted.circuit import Head, HeadKind, PlantedCircuit
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    P,
    S,
    position_directions,
    sample_token_directions,
)

N_SAMPLES = 4
MAX_GAIN, GAIN_STEP = 64.0, 1 / 64


def calibrate_gains(
    circuit: PlantedCircuit,
    frequencies: Float[Tensor, " frequency"],
    generator: torch.Generator,
) -> dict[Head, float]:
    """Find each head's gain on repeated random tokens.

    Args:
        circuit: The heads, and the sharpness of each.
        frequencies: Frequencies of the model's position directions.
        generator: Source of the random tokens.
    """
    residual = _sample_residual(frequencies, generator)
    gains: dict[Head, float] = {}
    for kind in HeadKind:  # previous-token heads first: induction heads read their output
        planted = [head for head in circuit.heads if head.kind is kind]
        if not planted:
            continue
        sharpness = residual.new_tensor([head.sharpness for head in planted])
        scores = qk_circuit(kind, frequencies).scores(residual)
        kind_gains = _bisect(scores, target_positions(kind), sharpness)
        gains |= zip((head.head for head in planted), kind_gains.tolist(), strict=True)
        if kind is HeadKind.PREVIOUS_TOKEN:
            pattern = _attention_at_gain(scores, kind_gains).sum(dim=0) / sharpness.sum()
            residual[..., S] += pattern @ residual[..., E]
    return gains


def _sample_residual(
    frequencies: Float[Tensor, " frequency"], generator: torch.Generator
) -> Float[Tensor, "sample pos coordinate"]:
    """Sample the residual stream of repeated random tokens before the first layer."""
    tokens = sample_token_directions(N_SAMPLES * SEQ_LEN, None, generator)
    half = tokens.view(N_SAMPLES, SEQ_LEN, WIDTH)
    residual = tokens.new_zeros(N_SAMPLES, 2 * SEQ_LEN, N_COORDINATES)
    residual[..., E] = torch.cat([half, half], dim=1)
    residual[..., P] = position_directions(frequencies, 2 * SEQ_LEN)
    residual[:, 0, FIRST_POSITION_MARK] = 1.0
    return residual


def _attention_at_gain(
    scores: Float[Tensor, "sample query_pos key_pos"], gains: Float[Tensor, " head_index"]
) -> Float[Tensor, "head_index sample query_pos key_pos"]:
    """Return the attention patterns at each of several gains."""
    return (gains[:, None, None, None] * scores).softmax(dim=-1)


def _bisect(
    scores: Float[Tensor, "sample query_pos key_pos"],
    target: Bool[Tensor, "query_pos key_pos"],
    sharpness: Float[Tensor, " head_index"],
) -> Float[Tensor, " head_index"]:
    """Bisect for the gains at which heads give their target the required share of attention.

    Args:
        scores: Attention scores at gain one.
        target: Mask of the positions to attend to; query positions without any do not count.
        sharpness: Share of attention that each head must give to its target.
    """
    has_target = target.any(dim=1)
    scores, target = scores[:, has_target], target[has_target]
    low = torch.zeros_like(sharpness)
    high = torch.full_like(sharpness, MAX_GAIN)
    while float((high - low).max()) > GAIN_STEP:
        gains = (low + high) / 2
        too_blunt = _attention_at_gain(scores, gains)[:, :, target].mean(dim=(1, 2)) < sharpness
        low, high = torch.where(too_blunt, gains, low), torch.where(too_blunt, high, gains)
    return (low + high) / 2
