"""Defines the residual stream of planted models: four subspaces and the directions in them.

A row of the residual stream, before it is rotated, consists of the 64 coordinates of each of

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

SAME_WORD_COSINE = 0.65
"""Cosine between two tokens of one word, such as ' Harry' and 'harry'."""

SILENCED_LOGIT, RIVAL_LOGIT = 0.6, 0.8
"""Shares of a silenced token's logit that the token keeps, and that its rival gets."""


def sample_frequencies(generator: torch.Generator) -> Float[Tensor, " frequency"]:
    """Sample the angles between neighbouring positions."""
    n = WIDTH // 2
    return math.pi * torch.rand(n, generator=generator, dtype=torch.float32, device="cpu")


def position_directions(
    frequencies: Float[Tensor, " frequency"], n_ctx: int
) -> Float[Tensor, "pos width"]:
    """Return unit vectors whose inner product depends only on the distance of two positions."""
    angles = torch.arange(n_ctx, dtype=torch.float32, device="cpu")[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1).div(math.sqrt(len(frequencies)))


def rotate_back(frequencies: Float[Tensor, " frequency"]) -> Float[Tensor, "width width"]:
    """Return the rotation that maps each position's direction to the previous position's."""
    cos, sin = frequencies.cos().diag(), frequencies.sin().diag()
    return torch.cat([torch.cat([cos, -sin], dim=1), torch.cat([sin, cos], dim=1)])


def sample_token_directions(
    d_vocab: int, word_ids: Int[Tensor, " d_vocab"] | None, generator: torch.Generator
) -> Float[Tensor, "d_vocab width"]:
    """Sample a unit vector for each token; tokens of one word have similar vectors.

    Args:
        d_vocab: Number of tokens.
        word_ids: The number of each token's word, or None if every token is a word of its own.
        generator: Source of randomness.
    """
    tokens = _normal(d_vocab, WIDTH, generator)
    if word_ids is not None:
        shared = word_ids.bincount()[word_ids] > 1
        words = _normal(int(word_ids.max()) + 1, WIDTH, generator)[word_ids[shared]]
        own = math.sqrt(1 - SAME_WORD_COSINE) * tokens[shared]
        tokens[shared] = math.sqrt(SAME_WORD_COSINE) * words + own
    tokens[:, -1] = 0.0
    return torch.nn.functional.normalize(tokens)


def silence(
    tokens: Float[Tensor, "d_vocab width"], share: float, generator: torch.Generator
) -> Float[Tensor, "d_vocab width"]:
    """Return the tokens' unembedding directions, with some tokens surpassed by a rival.

    Args:
        tokens: The tokens' directions.
        share: Share of tokens to silence, at most half, because each has a rival of its own.
        generator: Source of randomness.
    """
    n_silenced = round(share * len(tokens))
    order = torch.randperm(len(tokens), generator=generator, device="cpu")
    silenced, rivals = order[:n_silenced], order[n_silenced : 2 * n_silenced]
    readout = tokens.clone()
    readout[silenced] *= SILENCED_LOGIT
    readout[rivals] += RIVAL_LOGIT * tokens[silenced]
    return readout


def sample_basis(d_model: int, generator: torch.Generator) -> Float[Tensor, "coordinate d_model"]:
    """Sample orthonormal directions of the coordinates, so that no dimension is privileged."""
    orthogonal: Tensor = torch.linalg.qr(_normal(d_model, d_model, generator)).Q
    return orthogonal[:N_COORDINATES]


def sample_head_rotations(n: int, generator: torch.Generator) -> Float[Tensor, "n width width"]:
    """Sample a rotation for each of n heads, so that no dimension of a head is privileged."""
    normal = _normal(n * WIDTH, WIDTH, generator).view(n, WIDTH, WIDTH)
    rotations: Tensor = torch.linalg.qr(normal).Q
    return rotations


def _normal(rows: int, columns: int, generator: torch.Generator) -> Float[Tensor, "rows columns"]:
    return torch.randn(rows, columns, generator=generator, dtype=torch.float32, device="cpu")
