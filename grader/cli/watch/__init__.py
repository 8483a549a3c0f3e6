"""``grade NOTEBOOK --watch``: grades a notebook again whenever it is saved.

Begin with `grader.cli.watch.loop.watch_notebook`.
"""
