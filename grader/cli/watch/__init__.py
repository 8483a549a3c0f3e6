"""``grade NOTEBOOK --watch``: graded again whenever it is saved."""
