"""Accepted variants: other right answers, under names of their own and the lab's signatures.

Each differs from the reference by a choice the lab leaves open, by what the lab prints, or only in
how it is written. `MODULES` is the order in which the files can also be read from top to bottom,
after those of the reference. The variants exported here are those that answer with other numbers.
"""

from reference.variants.ablation import mean_ablation_as_printed
from reference.variants.composition import k_composition_as_printed
from reference.variants.induction_scores import (
    induction_scores_diagonal,
    induction_scores_without_last_position,
)
from reference.variants.prev_token_scores import prev_token_scores_seeded

MODULES = (
    "sequences",
    "accuracy",
    "induction_scores",
    "prev_token_scores",
    "composition",
    "ablation",
    "loss",
    "exercises",
    "formation",
)

__all__ = [
    "MODULES",
    "induction_scores_diagonal",
    "induction_scores_without_last_position",
    "k_composition_as_printed",
    "mean_ablation_as_printed",
    "prev_token_scores_seeded",
]
