"""Whether Python, its libraries and this kernel still do what they did before the first cell.

A sample of what probes rely on is taken from the fresh kernel and again after the notebook: the
same question, the same bytes. Where they differ, a cell has put something else in their place.
"""

import base64
import os
from typing import Any, cast

import torch

from grader.kernel import probe as asked
from grader.kernel.global_state import settings_kept
from grader.kernel.startup import Kernel, calm

# As it is when it is used: a cell may have replaced what is in it.
probe = cast("Any", asked)
MODEL = "generic-1x2@7/50"


def sample() -> None:
    """Publish values that pass through everything a probe's do."""
    try:
        _bury()
        with settings_kept():
            body = base64.b64encode(probe.pack(probe.encode(_values()))).decode()
    except BaseException:  # noqa: BLE001 (student code may be in the way anywhere here)
        body = ""
    probe.publish({"sample": body})


def _bury() -> None:
    """Take leave of children that have ended; until then they count as processes."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except (ChildProcessError, AttributeError):
        return  # there are none; or this is Windows


def _values() -> dict[str, Any]:
    calm(7)
    model = Kernel.shelf.pristine(MODEL)
    tokens = torch.randint(0, 50, (2, 6), device=Kernel.shelf.device)
    output, cache = model.run_with_cache(tokens)
    logits = cast("torch.Tensor", output)
    hooked = model.run_with_hooks(tokens, fwd_hooks=[("hook_embed", _doubled)])
    return {
        "tokens": tokens,
        "logits": logits,
        "pattern": cache["blocks.0.attn.hook_pattern"],
        "hooked": hooked,
        "number": float(logits.sum()),
        "numbers": [1, 2.5, True, None, "text"],
        "pairs": [(0, 1), (2, 3)],
        "array": logits.detach().cpu().numpy(),
        "softmax": torch.softmax(logits, dim=-1),
        "drawn": torch.randn(3),
    }


def _doubled(activation: torch.Tensor, hook: object) -> torch.Tensor:  # noqa: ARG001 (a hook's form)
    return activation * 2
