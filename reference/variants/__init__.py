"""Accepted variants: other right answers, under names of their own and with the lab's signatures.

Each differs from the reference by a choice that the lab leaves open, by a formula as the lab prints
it, or only in how it is written. `MODULES` is the order in which the files can also be read from
top to bottom, after those of the reference. The rubric lists the variants that give other values.
All others are equivalent, and belong to the lab's function that `PREFIXES` gives for their names.
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
PREFIXES = {
    "sequence_": "create_repeated_sequence",
    "accuracy_": "test_induction_accuracy",
    "induction_scores_": "compute_induction_scores",
    "prev_token_scores_": "compute_prev_token_scores",
    "k_composition_": "compute_k_composition",
    "ablate_": "ablate_heads",
    "measure_loss_": "measure_induction_loss",
    "pattern_": "plot_attention_pattern",
    "effects_": "ablation_effects",
    "language_": "natural_language_induction",
    "formation_": "induction_formation",
}

__all__ = [
    "MODULES",
    "PREFIXES",
    "induction_scores_diagonal",
    "induction_scores_without_last_position",
    "k_composition_as_printed",
    "mean_ablation_as_printed",
    "prev_token_scores_seeded",
]
