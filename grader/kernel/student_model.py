"""The model that a student works on, in their own kernel."""

from collections.abc import Mapping
from typing import Any

from transformer_lens import HookedTransformer

from grader.kernel.model_snapshot import same
from grader.models import resolve_device

MODEL = "model"
"""What the lab calls the model that a notebook works on."""


def device_of(namespace: Mapping[str, Any]) -> str:
    """Where the student works: their functions may name the device themselves.

    Args:
        namespace: The student's.
    """
    model = namespace.get(MODEL)
    kind = str(model.cfg.device).partition(":")[0] if isinstance(model, HookedTransformer) else ""
    return kind if kind in {"cpu", "cuda"} else resolve_device("auto")


def is_like(model: object, grading: HookedTransformer) -> bool:
    """Whether a student's model is the grading model, weight for weight.

    Args:
        model: Whatever they call their model.
        grading: The grading model as it was built.
    """
    if not isinstance(model, HookedTransformer):
        return False
    own, known = dict(model.named_parameters()), dict(grading.named_parameters())
    return own.keys() == known.keys() and all(same(own[name], known[name]) for name in known)
