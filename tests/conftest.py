"""For all tests: one torch thread, so that test processes do not wait for each other's cores."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
