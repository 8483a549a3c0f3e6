"""Course platforms: `results` for autograders, `gradebooks` to import, `packages` to upload.

Each has a ``registry.py`` that lists the supported platforms; begin there.
"""
