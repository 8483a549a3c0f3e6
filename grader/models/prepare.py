"""`python -m grader.models.prepare`: builds the cached files that all kernels share."""

import os
import sys
from contextlib import suppress

from grader.errors import GraderError, KernelError
from grader.models.tokenizer import gpt2_tokenizer
from grader.models.weight_cache import PUBLIC_MODEL, store_weights
from grader.protocol.installation import cache_folder


def main() -> None:
    """Save the tokenizer, the public model's weights and matplotlib's font list."""
    fonts = cache_folder() / "matplotlib"
    fonts.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(fonts)
    try:
        gpt2_tokenizer()
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    with suppress(KernelError):  # without the file each kernel builds the model
        store_weights(PUBLIC_MODEL)
    import matplotlib.font_manager  # noqa: F401, PLC0415 (importing it builds the list)


if __name__ == "__main__":
    main()
