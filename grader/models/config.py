"""Settings shared by all synthetic models: their architecture, and single-threaded construction."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig


def empty_model(  # noqa: PLR0913 (a model's sizes)
    *, n_layers: int, n_heads: int, d_model: int, d_head: int, n_ctx: int, d_vocab: int
) -> HookedTransformer:
    """Return an attention-only model without normalisation, its weights uninitialised."""
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
    """Compute on one thread, so that the bits do not depend on the number of cores."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
