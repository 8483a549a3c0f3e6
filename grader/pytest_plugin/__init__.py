"""The pytest plugin: a notebook is a test file, and each criterion of its lab is a test.

pytest loads `grader.pytest_plugin.plugin`; with ``--lab``, it registers the hooks of
`grader.pytest_plugin.hooks`.
"""
