"""Known mistakes: wrong answers that students give, with the lab's signatures.

Each function is wrong in the one way that its docstring says and right in every other. The YAML
file beside a module describes its mistakes: how they are recognised, and the feedback. `MODULES` is
the order in which the files can also be read from top to bottom, after those of the reference.
"""

MODULES = (
    "patterns",
    "sequences",
    "accuracy",
    "scores",
    "prev_token",
    "heads",
    "composition",
    "ablation",
    "loss",
    "exercises",
    "formation",
)

__all__ = ["MODULES"]
