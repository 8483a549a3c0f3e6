"""What each kind of planted head attends to: its QK circuit, and the target that it serves."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from grader.models.planted.circuit import Kind
from grader.models.planted.residual import (
    FIRST_POSITION_MARK,
    N_COORDINATES,
    WIDTH,
    E,
    P,
    S,
    position_directions,
    step_back,
)

SEQ_LEN = 25
"""Length of the sequence that is repeated where sharpness is measured."""


class QK(NamedTuple):
    """A head's bilinear form on coordinates of the residual stream, before any gain."""

    query: Float[Tensor, "coordinate width"]
    query_bias: Float[Tensor, " width"]
    key: Float[Tensor, "coordinate width"]

    def scores(
        self, residual: Float[Tensor, "sample pos coordinate"]
    ) -> Float[Tensor, "sample query_pos key_pos"]:
        """Attention scores at gain one, causally masked."""
        queries = residual @ self.query + self.query_bias
        scores = queries @ (residual @ self.key).transpose(1, 2)
        causal = torch.ones_like(scores, dtype=torch.bool).tril()
        return scores.masked_fill(~causal, -math.inf)


def attend(kind: Kind, frequencies: Float[Tensor, " frequency"]) -> QK:
    """The QK circuit of a kind of head.

    Args:
        kind: What the head attends to.
        frequencies: Those of the model's position directions.
    """
    query, key = _nothing(), _nothing()
    bias = torch.zeros(WIDTH, dtype=torch.float32, device="cpu")
    same = torch.eye(WIDTH, dtype=torch.float32, device="cpu")
    match kind:
        case Kind.PREVIOUS_TOKEN | Kind.LATE_PREVIOUS_TOKEN:
            query[P], key[P] = step_back(frequencies), same
        case Kind.INDUCTION | Kind.PARTIAL_INDUCTION:
            query[E], key[S] = same, same
            bias[FIRST_POSITION_MARK - S.start] = -1.0
        case Kind.DUPLICATE_TOKEN:
            # Half of a head's width for the token, half to tell its own position from an earlier.
            token, position = _halves()
            query[E], query[P] = token, -position
            key[E], key[P] = token, position
        case Kind.FIRST_POSITION:
            key[P] = same
            bias[:] = position_directions(frequencies, 1)[0]
    return QK(query, bias, key)


def target(kind: Kind) -> Bool[Tensor, "query_pos key_pos"]:
    """Where a kind of head attends to, on a sequence of 25 tokens that is then repeated."""
    query_pos = torch.arange(2 * SEQ_LEN, device="cpu")[:, None]
    key_pos = query_pos.T
    repeated = query_pos >= SEQ_LEN
    match kind:
        case Kind.PREVIOUS_TOKEN | Kind.LATE_PREVIOUS_TOKEN:
            return key_pos == query_pos - 1
        case Kind.INDUCTION | Kind.PARTIAL_INDUCTION:
            return (key_pos == query_pos - SEQ_LEN + 1) & repeated
        case Kind.DUPLICATE_TOKEN:
            return (key_pos == query_pos - SEQ_LEN) & repeated
        case Kind.FIRST_POSITION:
            return (key_pos == 0) & (query_pos > 0)


def _halves() -> tuple[Float[Tensor, "width width"], Float[Tensor, "width width"]]:
    """Maps that bring half of a token's, and half of a position's coordinates into one head."""
    half, quarter = WIDTH // 2, WIDTH // 4
    unit = math.sqrt(2) * torch.eye(WIDTH, dtype=torch.float32, device="cpu")
    token, position = torch.zeros_like(unit), torch.zeros_like(unit)
    token[:half] = unit[:half]
    position[:quarter] = unit[half : half + quarter]
    position[half : half + quarter] = unit[half + quarter :]
    return token, position


def _nothing() -> Float[Tensor, "coordinate width"]:
    return torch.zeros(N_COORDINATES, WIDTH, dtype=torch.float32, device="cpu")
