"""Exercise 3: induction on text.

Olsson et al. (2022), In-context Learning and Induction Heads, find the heads that complete random
sequences at work on natural language too.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from reference.induction_heads.heads import require_head
from reference.induction_heads.scores import read_patterns
from reference.induction_heads.sequences import Model


def follower_of_last(texts: Sequence[str]) -> int:
    """Find the position after the previous occurrence of the last token.

    Surrounding white space and case are ignored, so that "Harry" opening a text and " Harry"
    inside it are one token. Of several earlier occurrences the latest counts.

    Args:
        texts: The tokens, as text.

    Returns:
        The position that an induction head attends to from the last one.

    Raises:
        ValueError: If the last token occurs nowhere before.
    """
    names = [text.strip().casefold() for text in texts]
    earlier = [pos for pos, name in enumerate(names[:-1]) if name == names[-1]]
    if not earlier:
        raise ValueError(
            "prompt must end in a token that occurs before its end, got the tokens " + repr(texts)
        )
    return earlier[-1] + 1


def natural_language_induction(
    model: Model, prompt: str, heads: Sequence[tuple[int, int]]
) -> Float[np.ndarray, " heads"]:
    """Measure the attention from a text's last token to what followed it last time.

    Args:
        model: The model with the heads; it needs its tokenizer.
        prompt: A text whose last token occurs before, as in "Harry Potter is a wizard. Harry".
            No token is put before it.
        heads: Layer and head of each.

    Returns:
        The attention of each head, from 0 to 1.

    Raises:
        ValueError: If the last token occurs nowhere before, or the model has no such head.
    """
    for layer, head in heads:
        require_head(model, layer, head)
    tokens = model.to_tokens(prompt, prepend_bos=False)
    target = follower_of_last([str(text) for text in model.to_str_tokens(tokens[0])])
    kept = read_patterns(
        model,
        tokens,
        lambda pattern: pattern[0, :, -1, target],
        [layer for layer, _ in heads],
    )
    attention = {layer: of_heads.tolist() for layer, of_heads in kept.items()}
    return np.array([attention[layer][head] for layer, head in heads], dtype=np.float64)
