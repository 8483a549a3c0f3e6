"""Compare the code and the wrong answers of a batch, for a person to look at; no points change.

Begin with ``compare.py``, which compares every two students. ``load.py`` reads a results folder,
``normalise.py`` and ``fingerprints.py`` make code comparable, and ``output.py`` shows the result.
"""
