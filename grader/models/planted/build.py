"""Plants an induction circuit in an attention-only transformer: constructed, never trained.

Previous-token heads copy each token into the next position's S; induction heads match their own
token with S and copy what stands there into O, which is read out. Every head, planted or not,
carries some noise. The circuit is that of https://transformer-circuits.pub/2021/framework.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from transformer_lens import HookedTransformer

from grader.models.config import blank, one_thread
from grader.models.planted.attention import attend
from grader.models.planted.calibrate import find_gains
from grader.models.planted.circuit import Kind, PlantedCircuit, draw_circuit
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    O,
    P,
    S,
    draw_basis,
    draw_frequencies,
    draw_head_rotations,
    draw_token_directions,
    mute,
    position_directions,
)
from grader.models.tokenizer import GPT2_VOCABULARY, token_families

LOGIT_SCALE = 20.0
"""The logit of a token whose direction fills O."""

NOISE_QK, NOISE_V, NOISE_O, NOISE_BIAS = 0.45, 0.1, 0.06, 0.06
"""Standard deviations of a generic head's weights; W_O's is shared out over all heads."""

PLANTED_QK, PLANTED_V = 0.03, 0.1
"""How much of that noise a planted head keeps: beside each unit of its gain in QK, and in W_V."""

VALUE_BIAS = 0.06
"""The mean of every b_V, so that a head's mean over positions is never nought."""

WEAK = 0.05
"""How much of a token a head copies that is no part of the circuit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedModel:
    """A model, and the circuit that is in it."""

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
        seed: Everything random follows from it; the global random state is left alone.
        n_layers: At least 2.
        n_heads: Heads in each layer, at least 1.
        d_vocab: Number of tokens; with GPT-2's own 50257 they have GPT-2's families.
        n_ctx: Number of positions.

    Raises:
        ValueError: A circuit needs two layers and a head in each.
    """
    if n_layers < 2 or n_heads < 1:  # noqa: PLR2004
        raise ValueError(f"a circuit needs 2 layers and 1 head, not {n_layers} and {n_heads}")

    circuit = draw_circuit(seed, n_layers, n_heads)
    generator = torch.Generator(device="cpu").manual_seed(seed)
    model = _blank(circuit, d_vocab, n_ctx)
    with torch.no_grad(), one_thread():
        basis = draw_basis(model.cfg.d_model, generator)
        frequencies = draw_frequencies(generator)
        _embed(model, circuit, basis, frequencies, generator)
        _add_noise(model, generator)
        _plant_heads(model, circuit, basis, frequencies, generator)
        _hide_value_biases(model)
    return PlantedModel(model=model.eval().requires_grad_(requires_grad=False), circuit=circuit)


def _blank(circuit: PlantedCircuit, d_vocab: int, n_ctx: int) -> HookedTransformer:
    """A model of the right shape whose weights are still to be written."""
    spare = 8 if circuit.n_heads * WIDTH == N_COORDINATES else 0  # keeps d_model off n_heads*d_head
    return blank(
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
    """Write W_E, W_pos and W_U: a token into E, a position into P, the next token out of O."""
    gpt2 = model.cfg.d_vocab == GPT2_VOCABULARY
    families = torch.from_numpy(token_families()) if gpt2 else None
    tokens = draw_token_directions(model.cfg.d_vocab, families, generator)
    readout = mute(tokens, circuit.muted, generator)
    torch.mm(tokens, basis[E], out=model.embed.W_E)
    torch.mm(LOGIT_SCALE * basis[O].T, readout.T, out=model.unembed.W_U)
    model.unembed.b_U.zero_()
    torch.mm(position_directions(frequencies, model.cfg.n_ctx), basis[P], out=model.pos_embed.W_pos)
    model.pos_embed.W_pos[0] += basis[FIRST_POSITION_MARK]


def _add_noise(model: HookedTransformer, generator: torch.Generator) -> None:
    """Fill every head with noise, as if all were generic."""
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
    """Write the circuit's heads over the noise that stands in their place."""
    gains = find_gains(circuit, frequencies, generator)
    writing = _writing(circuit)
    rotations = draw_head_rotations(2 * len(gains), generator).unbind()
    for planted, R_QK, R_OV in zip(circuit.heads, rotations[::2], rotations[1::2], strict=True):
        attn, head = model.blocks[planted.head.layer].attn, planted.head.head
        scale = math.sqrt(gains[planted.head] * attn.attn_scale)
        qk = attend(planted.kind, frequencies)
        noise = PLANTED_QK * scale
        attn.W_Q[head] = noise * attn.W_Q[head] + scale * basis.T @ qk.query @ R_QK
        attn.W_K[head] = noise * attn.W_K[head] + scale * basis.T @ qk.key @ R_QK
        attn.b_Q[head] = noise * attn.b_Q[head] + scale * qk.query_bias @ R_QK
        attn.b_K[head] *= noise
        to, weight = writing[planted.kind]
        attn.W_V[head] = PLANTED_V * attn.W_V[head] + basis[E].T @ R_OV
        attn.W_O[head] += weight * planted.sharpness * R_OV.T @ basis[to]


def _writing(circuit: PlantedCircuit) -> dict[Kind, tuple[slice, float]]:
    """Where each kind of head copies tokens to, and how strongly.

    The heads of the circuit share the work, the sharper ones doing more of it: together they write
    one whole token.
    """
    total = {kind: sum(h.sharpness**2 for h in circuit.heads if h.kind is kind) for kind in Kind}
    return {
        Kind.PREVIOUS_TOKEN: (S, 1 / total[Kind.PREVIOUS_TOKEN]),
        Kind.INDUCTION: (O, 1 / total[Kind.INDUCTION]),
        Kind.PARTIAL_INDUCTION: (O, WEAK),
        Kind.LATE_PREVIOUS_TOKEN: (S, WEAK),
        Kind.DUPLICATE_TOKEN: (O, WEAK),
        Kind.FIRST_POSITION: (O, WEAK),
    }


def _hide_value_biases(model: HookedTransformer) -> None:
    """Take from b_O what b_V adds: ablation by zero and by mean differ, the model does not."""
    for block in model.blocks:
        attn = block.attn
        attn.b_O.copy_(-(attn.b_V[:, None, :] @ attn.W_O).sum(dim=(0, 1)))
