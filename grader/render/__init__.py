"""Renders reports and tables for people and machines; each output format has its own module.

Begin with `html.py`, `terminal.py` and `json.py`, which render the report on one submission.
"""
