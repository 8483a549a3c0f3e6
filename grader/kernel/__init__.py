"""What runs beside student code: the driver, and what the kernel needs to answer probes.

Nothing here knows an expected value, a tolerance or a point.
"""

import os

MIME = "application/vnd.induction-lab-grader+json"
"""The display type under which the kernel hands values to the driver."""

KERNEL_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # pyarrow's allocator would start a thread, and a process with two is not forked.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # One thread: sums come out the same every time, and kernels do not fight for cores.
    "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
}
"""Set for the kernel: nothing is downloaded, and figures come as data, which they are graded by."""
