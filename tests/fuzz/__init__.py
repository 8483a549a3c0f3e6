"""Fuzzing of everything that reads bytes nobody vouches for.

``python -m tests.fuzz TARGET --seconds N`` looks for them with coverage (needs atheris); the tests
here look with hypothesis, and run each target for a moment.
"""
