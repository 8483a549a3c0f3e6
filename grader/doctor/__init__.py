"""Check what works on this machine, for ``grade doctor``.

Begin with ``run.py``, which lists all checks. Each check returns a `Finding` (``finding.py``).
"""
