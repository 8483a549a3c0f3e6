"""Plants an induction circuit in an attention-only transformer: constructed, never trained.

Previous-token heads copy each token into the next position's S. Induction heads match their own
token with S and copy the token at that position into O, which is unembedded. Every head, planted or
not, has some noise. The circuit is that of https://transformer-circuits.pub/2021/framework.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.models.config import empty_model, one_thread
from grader.models.planted.attention import qk_circuit
from grader.models.planted.calibrate import calibrate_gains
from grader.models.planted.circuit import HeadKind, PlantedCircuit, sample_circuit
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    O,
    P,
    S,
    position_directions,
    sample_basis,
    sample_frequencies,
    sample_head_rotations,
    sample_token_directions,
    silence,
)
from grader.models.tokenizer import word_ids
from grader.protocol.model_names import GPT2_VOCABULARY

LOGIT_SCALE = 20.0
"""Logit of a token whose direction fills O."""

NOISE_QK, NOISE_V, NOISE_O, NOISE_BIAS = 0.45, 0.1, 0.06, 0.06
"""Standard deviations of a generic head's weights; W_O's is divided by the square root of the
number of heads."""

PLANTED_QK, PLANTED_V = 0.03, 0.1
"""Factors on that noise in a planted head: per unit of its gain in QK, and in W_V."""

VALUE_BIAS = 0.06
"""Mean of every b_V, so that a head's mean over positions is never zero."""

WEAK_COPY = 0.05
"""Strength at which a head outside the circuit copies a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedModel:
    """A model and the circuit that was planted in it."""

    model: HookedTransformer
    circuit: PlantedCircuit


def plant(
    seed: int = 0,
    n_layers: int = 12,
    n_heads: int = 12,
    d_vocab: int = 50257,
    n_ctx: int = 1024,
) -> PlantedModel:
    """Construct a planted model on the CPU, in float32 and without a tokenizer.

    Args:
        seed: Seed of circuit and weights; the global random state is left alone.
        n_layers: At least 2.
        n_heads: Heads in each layer, at least 1.
        d_vocab: Number of tokens; with GPT-2's 50257, tokens of one word have similar directions.
        n_ctx: Number of positions.

    Raises:
        ValueError: There are fewer than two layers, or no head in each.
    """
    if n_layers < 2 or n_heads < 1:  # noqa: PLR2004
        raise ValueError(f"a circuit needs 2 layers and 1 head, not {n_layers} and {n_heads}")

    circuit = sample_circuit(seed, n_layers, n_heads)
    generator = torch.Generator(device="cpu").manual_seed(seed)
    model = _empty_model(circuit, d_vocab, n_ctx)
    with torch.no_grad(), one_thread():
        basis = sample_basis(model.cfg.d_model, generator)
        frequencies = sample_frequencies(generator)
        _embed(model, circuit, basis, frequencies, generator)
        _add_noise(model, generator)
        _plant_heads(model, circuit, basis, frequencies, generator)
        _set_output_biases(model)
    return PlantedModel(model=model.eval().requires_grad_(requires_grad=False), circuit=circuit)


def _empty_model(circuit: PlantedCircuit, d_vocab: int, n_ctx: int) -> HookedTransformer:
    """Return a model of the circuit's shape, its weights uninitialised."""
    spare = (
        8 if circuit.n_heads * WIDTH == N_COORDINATES else 0
    )  # makes d_model differ from n_heads * d_head
    return empty_model(
        n_layers=circuit.n_layers,
        n_heads=circuit.n_heads,
        d_model=N_COORDINATES + spare,
        d_head=WIDTH,
        n_ctx=n_ctx,
        d_vocab=d_vocab,
    )


def _embed(
    model: HookedTransformer,
    circuit: PlantedCircuit,
    basis: Float[Tensor, "coordinate d_model"],
    frequencies: Float[Tensor, " frequency"],
    generator: torch.Generator,
) -> None:
    """Write W_E, W_pos and W_U: tokens into E, positions into P, the next token out of O."""
    gpt2 = model.cfg.d_vocab == GPT2_VOCABULARY
    words = torch.from_numpy(word_ids()) if gpt2 else None
    tokens = sample_token_directions(model.cfg.d_vocab, words, generator)
    readout = silence(tokens, circuit.silenced, generator)
    torch.mm(tokens, basis[E], out=model.embed.W_E)
    torch.mm(LOGIT_SCALE * basis[O].T, readout.T, out=model.unembed.W_U)
    model.unembed.b_U.zero_()
    torch.mm(position_directions(frequencies, model.cfg.n_ctx), basis[P], out=model.pos_embed.W_pos)
    model.pos_embed.W_pos[0] += basis[FIRST_POSITION_MARK]


def _add_noise(model: HookedTransformer, generator: torch.Generator) -> None:
    """Fill the weights of every head with noise, as if all heads were generic."""
    n = model.cfg.n_layers * model.cfg.n_heads
    for block in model.blocks:
        attn = block.attn
        for weight, scale in (
            (attn.W_Q, NOISE_QK),
            (attn.W_K, NOISE_QK),
            (attn.W_V, NOISE_V),
            (attn.W_O, NOISE_O / math.sqrt(n)),
            (attn.b_Q, NOISE_BIAS),
            (attn.b_K, NOISE_BIAS),
        ):
            limit = math.sqrt(3) * scale
            weight.uniform_(-limit, limit, generator=generator)
        attn.b_V.uniform_(0.0, 2 * VALUE_BIAS, generator=generator)


def _plant_heads(
    model: HookedTransformer,
    circuit: PlantedCircuit,
    basis: Float[Tensor, "coordinate d_model"],
    frequencies: Float[Tensor, " frequency"],
    generator: torch.Generator,
) -> None:
    """Write the weights of the circuit's heads, and scale down the noise in them."""
    gains = calibrate_gains(circuit, frequencies, generator)
    outputs = _ov_outputs(circuit)
    rotations = sample_head_rotations(2 * len(gains), generator).unbind()
    for planted, R_QK, R_OV in zip(circuit.heads, rotations[::2], rotations[1::2], strict=True):
        attn, head = model.blocks[planted.head.layer].attn, planted.head.head
        scale = math.sqrt(gains[planted.head] * attn.attn_scale)
        qk = qk_circuit(planted.kind, frequencies)
        noise = PLANTED_QK * scale
        attn.W_Q[head] = noise * attn.W_Q[head] + scale * basis.T @ qk.query @ R_QK
        attn.W_K[head] = noise * attn.W_K[head] + scale * basis.T @ qk.key @ R_QK
        attn.b_Q[head] = noise * attn.b_Q[head] + scale * qk.query_bias @ R_QK
        attn.b_K[head] *= noise
        subspace, weight = outputs[planted.kind]
        attn.W_V[head] = PLANTED_V * attn.W_V[head] + basis[E].T @ R_OV
        attn.W_O[head] += weight * planted.sharpness * R_OV.T @ basis[subspace]


def _ov_outputs(circuit: PlantedCircuit) -> dict[HeadKind, tuple[slice, float]]:
    """Return the subspace that each kind of head copies tokens to, and the strength.

    The heads of one kind in the circuit together write one whole token, the sharper ones more of
    it.
    """
    total = {
        kind: sum(h.sharpness**2 for h in circuit.heads if h.kind is kind) for kind in HeadKind
    }
    return {
        HeadKind.PREVIOUS_TOKEN: (S, 1 / total[HeadKind.PREVIOUS_TOKEN]),
        HeadKind.INDUCTION: (O, 1 / total[HeadKind.INDUCTION]),
        HeadKind.PARTIAL_INDUCTION: (O, WEAK_COPY),
        HeadKind.LATE_PREVIOUS_TOKEN: (S, WEAK_COPY),
        HeadKind.DUPLICATE_TOKEN: (O, WEAK_COPY),
        HeadKind.FIRST_POSITION: (O, WEAK_COPY),
    }


def _set_output_biases(model: HookedTransformer) -> None:
    """Set b_O to cancel b_V, so that zero and mean ablation differ but the model is unchanged."""
    for block in model.blocks:
        attn = block.attn
        attn.b_O.copy_(-(attn.b_V[:, None, :] @ attn.W_O).sum(dim=(0, 1)))
