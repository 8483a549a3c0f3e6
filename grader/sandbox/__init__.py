"""Isolates student code from everything that is not its own: sandbox backends and their selection.

Begin with `base` (limits, the backend protocol) and `select` (which backend is used). The driver
and the kernel run inside a sandbox; the grader's process only holds the pipes. Nothing here runs
student code, imports torch or knows a rubric.
"""
