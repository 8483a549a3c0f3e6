"""Build what an instructor uploads to a course platform and what students get, as one zip.

Begin with ``registry.py``, which lists the kinds of packages, and ``build.py``, which collects
their contents. ``assets/`` holds the scripts that are packed as they are.
"""
