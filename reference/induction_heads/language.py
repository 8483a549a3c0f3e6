"""Exercise 3: measures induction on text.

Olsson et al. (2022), In-context Learning and Induction Heads, find that the heads that complete
random sequences are active on natural language too.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from reference.induction_heads.arguments import Model, require_heads, require_tokens
from reference.induction_heads.scores import read_patterns


def follower_of_last(texts: Sequence[str]) -> int:
    """Find the position after the previous occurrence of the last token.

    Surrounding white space and case are ignored, so that "Harry" at the start of a text and
    " Harry" inside it match. Of several earlier occurrences the latest counts.

    Args:
        texts: The tokens, as text.

    Returns:
        The position that an induction head attends to from the last one.

    Raises:
        ValueError: If the last token does not occur before.
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
    """Measure the attention from a text's last token to the token that followed it last time.

    Args:
        model: The model with the heads; it needs its tokenizer.
        prompt: A text whose last token occurs before, as in "Harry Potter is a wizard. Harry".
            No token is put before it.
        heads: Layer and head of each.

    Returns:
        The attention of each head, from 0 to 1.

    Raises:
        ValueError: If the last token does not occur before, the model has no such head or no
            tokenizer, its patterns cannot be read, or the text is longer than `n_ctx`.
    """
    pairs = require_heads(model, heads, "heads")
    if model.tokenizer is None:
        raise ValueError("model must have a tokenizer to read a prompt, and this one has none")
    tokens = model.to_tokens(prompt, prepend_bos=False, move_to_device=False, truncate=False)
    target = follower_of_last([str(text) for text in model.to_str_tokens(tokens[0])])
    require_tokens(model, tokens)
    parts = read_patterns(
        model,
        tokens,
        lambda pattern: pattern[0, :, -1, target],
        [layer for layer, _ in pairs],
    )
    if not pairs:
        return np.zeros(0)
    attention = torch.stack([parts[layer][head] for layer, head in pairs])
    return np.array(attention.double().cpu().numpy())
