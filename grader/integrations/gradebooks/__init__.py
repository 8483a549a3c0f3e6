"""Write scores as the file that a gradebook imports, without side effects.

Begin with ``registry.py``, which maps the names of ``grade export --to`` to writers.
``csv_file.py`` reads rosters, ``matching.py`` finds each submission's row, and ``grades.py``
formats scores.
"""
