"""Reference solution of the induction-heads lab: functions under the lab's names, and exercises.

`MODULES` lists the files in an order in which they can be run as the cells of one notebook.
"""

from reference.induction_heads.ablation import ABLATION_METHODS, ablate_heads
from reference.induction_heads.arguments import (
    FIRST_TOKEN,
    TOKEN_END,
    Model,
    require_at_least,
    require_head,
)
from reference.induction_heads.composition import (
    COMPOSITIONS,
    Composition,
    compute_compositions,
    compute_k_composition,
)
from reference.induction_heads.effects import ablation_effects
from reference.induction_heads.figures import (
    attention_patterns,
    plot_attention_pattern,
    plot_heatmaps,
)
from reference.induction_heads.formation import best_scores, induction_formation
from reference.induction_heads.forward import (
    exact_inference,
    forward_batches,
    memory_budget,
    sequence_bytes,
)
from reference.induction_heads.heads import (
    EARLY_LAYERS,
    STRONG_INDUCTION,
    STRONG_PREV_TOKEN,
    top_heads,
)
from reference.induction_heads.language import follower_of_last, natural_language_induction
from reference.induction_heads.loss import logits_by_batch, measure_induction_loss
from reference.induction_heads.scores import (
    compute_induction_scores,
    compute_prev_token_scores,
    mean_stripe,
    read_patterns,
)
from reference.induction_heads.sequences import (
    create_repeated_sequence,
    repeated_sequences,
    test_induction_accuracy,
)

MODULES = (
    "arguments",
    "forward",
    "sequences",
    "scores",
    "heads",
    "composition",
    "ablation",
    "loss",
    "figures",
    "effects",
    "language",
    "formation",
)

__all__ = [
    "ABLATION_METHODS",
    "COMPOSITIONS",
    "EARLY_LAYERS",
    "FIRST_TOKEN",
    "MODULES",
    "STRONG_INDUCTION",
    "STRONG_PREV_TOKEN",
    "TOKEN_END",
    "Composition",
    "Model",
    "ablate_heads",
    "ablation_effects",
    "attention_patterns",
    "best_scores",
    "compute_compositions",
    "compute_induction_scores",
    "compute_k_composition",
    "compute_prev_token_scores",
    "create_repeated_sequence",
    "exact_inference",
    "follower_of_last",
    "forward_batches",
    "induction_formation",
    "logits_by_batch",
    "mean_stripe",
    "measure_induction_loss",
    "memory_budget",
    "natural_language_induction",
    "plot_attention_pattern",
    "plot_heatmaps",
    "read_patterns",
    "repeated_sequences",
    "require_at_least",
    "require_head",
    "sequence_bytes",
    "test_induction_accuracy",
    "top_heads",
]
