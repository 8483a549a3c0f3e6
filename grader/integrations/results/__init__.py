"""Write a grading result in a course platform's own format, without side effects.

Begin with ``registry.py``, which maps the names of ``--format`` to writers; ``base.py`` holds what
the writers share and ``container.py`` the paths inside the platforms' containers.
"""
