"""Grades many submissions into a results folder, and regrades, summarises and compares them.

Begin with `run.run_batch`. `discovery/` finds submissions, `results/` stores their results, and
`policy/` has the instructor's overrides and late rules.
"""
