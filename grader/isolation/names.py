"""The environment variables by which the inside of a sandbox knows that it is one."""

SANDBOXED = "INDUCTION_LAB_SANDBOX"
"""Set inside a sandbox, where whatever else runs is the student's."""
FILTER = "INDUCTION_LAB_FILTER"
"""One more filter for the kernel alone, as base64; empty for none."""
WEIGHTS = "INDUCTION_LAB_WEIGHTS"
"""Where the driver puts hidden models' weights."""
