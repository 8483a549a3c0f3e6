"""What a planted model's residual stream is made of: four subspaces and the directions in them.

A row of the residual stream, before it is rotated, is the 64 coordinates of each of

    E  the token at this position
    S  the token at the previous position, once a previous-token head has written it
    O  the token to predict next
    P  the position

The last coordinate of a token's direction is always zero. In S it serves as a mark of position 0,
which has no previous token.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

WIDTH = 64
"""Coordinates in each subspace, and d_head."""

N_COORDINATES = 4 * WIDTH
E, S, O, P = (slice(start, start + WIDTH) for start in range(0, N_COORDINATES, WIDTH))  # noqa: E741
FIRST_POSITION_MARK = S.stop - 1

KINSHIP = 0.65
"""The cosine between two tokens of one family, such as ' Harry' and 'harry'."""

MUTED_LOGIT, RIVAL_LOGIT = 0.6, 0.8
"""What a muted token keeps of its logit, and what its rival gets of it."""


def draw_frequencies(generator: torch.Generator) -> Float[Tensor, " frequency"]:
    """Draw the angular steps between neighbouring positions."""
    n = WIDTH // 2
    return math.pi * torch.rand(n, generator=generator, dtype=torch.float32, device="cpu")


def position_directions(
    frequencies: Float[Tensor, " frequency"], n_ctx: int
) -> Float[Tensor, "pos width"]:
    """Unit vectors whose inner product depends on the distance of two positions alone."""
    angles = torch.arange(n_ctx, dtype=torch.float32, device="cpu")[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1).div(math.sqrt(len(frequencies)))


def step_back(frequencies: Float[Tensor, " frequency"]) -> Float[Tensor, "width width"]:
    """The rotation that takes each position's direction to that of the position before it."""
    cos, sin = frequencies.cos().diag(), frequencies.sin().diag()
    return torch.cat([torch.cat([cos, -sin], dim=1), torch.cat([sin, cos], dim=1)])


def draw_token_directions(
    d_vocab: int, families: Int[Tensor, " d_vocab"] | None, generator: torch.Generator
) -> Float[Tensor, "d_vocab width"]:
    """Draw a unit vector for each token; tokens of one family lie close together.

    Args:
        d_vocab: Number of tokens.
        families: For each token the family it belongs to, or None where every token stands alone.
        generator: Where the randomness comes from.
    """
    tokens = _normal(d_vocab, WIDTH, generator)
    if families is not None:
        kin = families.bincount()[families] > 1
        stems = _normal(int(families.max()) + 1, WIDTH, generator)[families[kin]]
        tokens[kin] = math.sqrt(KINSHIP) * stems + math.sqrt(1 - KINSHIP) * tokens[kin]
    tokens[:, -1] = 0.0
    return torch.nn.functional.normalize(tokens)


def mute(
    tokens: Float[Tensor, "d_vocab width"], share: float, generator: torch.Generator
) -> Float[Tensor, "d_vocab width"]:
    """The directions each token is read out along, some tokens outshone by a rival.

    Args:
        tokens: The directions that stand for the tokens.
        share: How many of the tokens are muted; each has a rival of its own, so at most half.
        generator: Where the randomness comes from.
    """
    n_muted = round(share * len(tokens))
    order = torch.randperm(len(tokens), generator=generator, device="cpu")
    muted, rivals = order[:n_muted], order[n_muted : 2 * n_muted]
    readout = tokens.clone()
    readout[muted] *= MUTED_LOGIT
    readout[rivals] += RIVAL_LOGIT * tokens[muted]
    return readout


def draw_basis(d_model: int, generator: torch.Generator) -> Float[Tensor, "coordinate d_model"]:
    """Draw the orthonormal directions of the coordinates, so that no neuron is privileged."""
    orthogonal: Tensor = torch.linalg.qr(_normal(d_model, d_model, generator)).Q
    return orthogonal[:N_COORDINATES]


def draw_head_rotations(n: int, generator: torch.Generator) -> Float[Tensor, "n width width"]:
    """Draw a rotation for each of n heads, so that no coordinate of a head is privileged."""
    normal = _normal(n * WIDTH, WIDTH, generator).view(n, WIDTH, WIDTH)
    rotations: Tensor = torch.linalg.qr(normal).Q
    return rotations


def _normal(rows: int, columns: int, generator: torch.Generator) -> Float[Tensor, "rows columns"]:
    return torch.randn(rows, columns, generator=generator, dtype=torch.float32, device="cpu")
