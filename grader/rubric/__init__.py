"""Rubrics: their sections, the files they are written in, and their consistency.

Begin with `model.py` (a rubric in memory), then `document.py` (its YAML) and `load.py`.
"""
