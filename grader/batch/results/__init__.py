"""The results folder of a batch: stored results, reports and runs, and whether they are current.

Begin with `store`.
"""
