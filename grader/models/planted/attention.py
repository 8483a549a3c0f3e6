"""Defines the QK circuit of each kind of planted head, and the pattern that it should produce."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from grader.models.planted.circuit import HeadKind
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    P,
    S,
    position_directions,
    rotate_back,
)

SEQ_LEN = 25
"""Length of the repeated half on which sharpness is measured."""


class QKCircuit(NamedTuple):
    """A head's bilinear form on coordinates of the residual stream, before any gain."""

    query: Float[Tensor, "coordinate width"]
    query_bias: Float[Tensor, " width"]
    key: Float[Tensor, "coordinate width"]

    def scores(
        self, residual: Float[Tensor, "sample pos coordinate"]
    ) -> Float[Tensor, "sample query_pos key_pos"]:
        """Return attention scores at gain one, causally masked."""
        queries = residual @ self.query + self.query_bias
        scores = queries @ (residual @ self.key).transpose(1, 2)
        causal = torch.ones_like(scores, dtype=torch.bool).tril()
        return scores.masked_fill(~causal, -math.inf)


def qk_circuit(kind: HeadKind, frequencies: Float[Tensor, " frequency"]) -> QKCircuit:
    """Return the QK circuit of a kind of head.

    Args:
        kind: The kind of head.
        frequencies: Frequencies of the model's position directions.
    """
    query, key = _no_attention(), _no_attention()
    bias = torch.zeros(WIDTH, dtype=torch.float32, device="cpu")
    identity = torch.eye(WIDTH, dtype=torch.float32, device="cpu")
    match kind:
        case HeadKind.PREVIOUS_TOKEN | HeadKind.LATE_PREVIOUS_TOKEN:
            query[P], key[P] = rotate_back(frequencies), identity
        case HeadKind.INDUCTION | HeadKind.PARTIAL_INDUCTION:
            query[E], key[S] = identity, identity
            bias[FIRST_POSITION_MARK - S.start] = -1.0
        case HeadKind.DUPLICATE_TOKEN:
            # Half of a head's width matches the token, half rules out the query's own position.
            token, position = _halves()
            query[E], query[P] = token, -position
            key[E], key[P] = token, position
        case HeadKind.FIRST_POSITION:
            key[P] = identity
            bias[:] = position_directions(frequencies, 1)[0]
    return QKCircuit(query, bias, key)


def target_positions(kind: HeadKind) -> Bool[Tensor, "query_pos key_pos"]:
    """Return a mask of the positions that a kind of head attends to, on 25 tokens repeated once."""
    query_pos = torch.arange(2 * SEQ_LEN, device="cpu")[:, None]
    key_pos = query_pos.T
    repeated = query_pos >= SEQ_LEN
    match kind:
        case HeadKind.PREVIOUS_TOKEN | HeadKind.LATE_PREVIOUS_TOKEN:
            return key_pos == query_pos - 1
        case HeadKind.INDUCTION | HeadKind.PARTIAL_INDUCTION:
            return (key_pos == query_pos - SEQ_LEN + 1) & repeated
        case HeadKind.DUPLICATE_TOKEN:
            return (key_pos == query_pos - SEQ_LEN) & repeated
        case HeadKind.FIRST_POSITION:
            return (key_pos == 0) & (query_pos > 0)


def _halves() -> tuple[Float[Tensor, "width width"], Float[Tensor, "width width"]]:
    """Return maps of half of a token's and half of a position's coordinates into one head."""
    half, quarter = WIDTH // 2, WIDTH // 4
    unit = math.sqrt(2) * torch.eye(WIDTH, dtype=torch.float32, device="cpu")
    token, position = torch.zeros_like(unit), torch.zeros_like(unit)
    token[:half] = unit[:half]
    position[:quarter] = unit[half : half + quarter]
    position[half : half + quarter] = unit[half + quarter :]
    return token, position


def _no_attention() -> Float[Tensor, "coordinate width"]:
    return torch.zeros(N_COORDINATES, WIDTH, dtype=torch.float32, device="cpu")
