"""Exercise 2: compares the effects of ablating groups of heads.

An induction head is half of a circuit of Elhage et al. (2021), A Mathematical Framework for
Transformer Circuits: without the previous-token heads before it, its keys have nothing to match.
"""

from collections.abc import Mapping, Sequence

from reference.induction_heads.arguments import Model
from reference.induction_heads.loss import measure_induction_loss


def ablation_effects(
    model: Model,
    head_groups: Mapping[str, Sequence[tuple[int, int]]],
    seq_len: int = 25,
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Measure loss and accuracy with nothing ablated and with each group of heads ablated.

    Args:
        model: The model to measure.
        head_groups: Groups of heads by name, each a list of layer and head.
        seq_len: Length of one half of the repeated sequences.
        n_samples: Number of sequences.

    Returns:
        Loss and accuracy by name of the group; "baseline" is the unablated model, and comes first.

    Raises:
        ValueError: If a group is called "baseline", or where `measure_induction_loss` does.
    """
    if "baseline" in head_groups:
        raise ValueError("head_groups must not name a group 'baseline': it is the model as it is")
    effects = {"baseline": measure_induction_loss(model, seq_len, None, n_samples)}
    for name, heads in head_groups.items():
        effects[name] = measure_induction_loss(model, seq_len, heads, n_samples)
    return effects
