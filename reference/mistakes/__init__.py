"""Known mistakes: wrong answers that students give, under the lab's signatures.

Each function is wrong in the one way its docstring says and right in every other. `MODULES` is the
order in which the files can also be read from top to bottom, after those of the reference.
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
