"""`python -m grader.models.prepare`: make what kernels share and keep it in the cache."""

import os
import sys
from contextlib import suppress

from grader.errors import GraderError, KernelError
from grader.models.tokenizer import gpt2_tokenizer
from grader.models.weight_cache import PUBLIC, keep_weights
from grader.protocol.training_runs import cache_folder


def main() -> None:
    """Save the tokenizer, the grading model's weights and matplotlib's list of fonts."""
    fonts = cache_folder() / "matplotlib"
    fonts.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(fonts)
    try:
        gpt2_tokenizer()
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    with suppress(KernelError):  # without the file each kernel builds the model
        keep_weights(PUBLIC)
    import matplotlib.font_manager  # noqa: F401, PLC0415 (its list is made when it is imported)


if __name__ == "__main__":
    main()
