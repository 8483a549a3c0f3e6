"""Code that runs beside student code: the driver and the notebook's kernel.

Begin with `driver` (entry point), then `notebook_run` (cells and probes in order) and `probe`
(evaluates one probe in the kernel). No expected value, tolerance or point is known here.
"""

import os

MIME = "application/vnd.induction-lab-grader+json"
"""MIME type of the display messages in which the kernel sends values to the driver."""

KERNEL_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # pyarrow's allocator (jemalloc) would start a background thread, and the fork server only
    # forks while it has a single thread.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # One thread: floating-point sums are reproducible, and kernels do not compete for cores.
    "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
}
"""Environment variables of every kernel: no downloads, and figures are displayed as data."""
