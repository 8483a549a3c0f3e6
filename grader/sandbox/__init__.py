"""What keeps student code from everything that is not its own: backends, and how one is chosen.

The driver and the kernel both live inside; the grader's own process only holds the pipes. Nothing
here runs student code, imports torch or knows a rubric.
"""
