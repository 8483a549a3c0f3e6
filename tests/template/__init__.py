"""The student template and its example, held to their rules without starting a kernel."""
