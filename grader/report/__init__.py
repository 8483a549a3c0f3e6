"""The report on one submission, which every output format and platform shows.

Begin with `model.py`; `diff.py` compares two reports on the same submission.
"""
