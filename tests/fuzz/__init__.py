"""Fuzzing of every reader of untrusted bytes.

``python -m tests.fuzz TARGET --seconds N`` fuzzes one reader guided by coverage (needs atheris).
The tests in this folder use hypothesis, and run each target for a few seconds.
"""
