"""Makes every way to load a model return a copy of the grading model."""

import sys
from typing import Any

from transformer_lens import HookedTransformer

from grader.kernel.kernel_state import Kernel


def install() -> None:
    """Replace the functions of TransformerLens that load a model."""
    for name in ("from_pretrained", "from_pretrained_no_processing"):
        setattr(HookedTransformer, name, staticmethod(_grading_model))
    bridge = getattr(sys.modules.get("transformer_lens.model_bridge"), "TransformerBridge", None)
    if bridge is not None:
        bridge.boot_transformers = staticmethod(_grading_model)


def _grading_model(*_args: Any, **_kwargs: Any) -> HookedTransformer:
    return Kernel.model_store.for_notebook(Kernel.model_name)
