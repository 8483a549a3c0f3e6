"""Inspects the ``model`` variable in a student's own kernel."""

from collections.abc import Mapping
from typing import Any

from transformer_lens import HookedTransformer

from grader.kernel.model_snapshot import bitwise_equal
from grader.models import resolve_device

MODEL_VARIABLE = "model"
"""Name of the variable that holds the lab's model in a notebook."""


def device_of(namespace: Mapping[str, Any]) -> str:
    """Return the device of the student's model, since their functions may name it themselves.

    Args:
        namespace: The student's namespace.
    """
    model = namespace.get(MODEL_VARIABLE)
    kind = str(model.cfg.device).partition(":")[0] if isinstance(model, HookedTransformer) else ""
    return kind if kind in {"cpu", "cuda"} else resolve_device("auto")


def same_weights(model: object, grading: HookedTransformer) -> bool:
    """Return True if the student's model has exactly the weights of the grading model.

    Args:
        model: The value of the student's ``model`` variable.
        grading: The grading model as it was built.
    """
    if not isinstance(model, HookedTransformer):
        return False
    student, expected = dict(model.named_parameters()), dict(grading.named_parameters())
    return student.keys() == expected.keys() and all(
        bitwise_equal(student[name], expected[name]) for name in expected
    )
