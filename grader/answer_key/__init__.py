"""Answer keys: built by running the reference, stored in a file, and found for a rubric.

Begin with `model.py`, then `build.py` (how a key is made) and `find.py` (which key is used).
"""
