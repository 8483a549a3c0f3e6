"""Scores a submission: compares observations with the answer key and names known mistakes.

Begin with `judge.py`. Nothing here reads a file or starts a kernel.
"""
