"""The shape that all constructed models have in common: attention only, weights still to come."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig


# MERGED: How many threads a model is made with.
def blank(  # noqa: PLR0913 (a model's sizes)
    *, n_layers: int, n_heads: int, d_model: int, d_head: int, n_ctx: int, d_vocab: int
) -> HookedTransformer:
    """A model of these sizes, without normalisation, whose weights are still to be written."""
    cfg = HookedTransformerConfig(
        n_layers=n_layers,
        n_heads=n_heads,
        d_model=d_model,
        d_head=d_head,
        n_ctx=n_ctx,
        d_vocab=d_vocab,
        attn_only=True,
        normalization_type=None,
        init_weights=False,
        device="cpu",
        dtype=torch.float32,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return HookedTransformer(cfg)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread: the same bits on any number of cores, and no waits on busy ones."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
