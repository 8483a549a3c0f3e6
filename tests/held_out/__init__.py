"""Held-out solutions, written without seeing the rubric, as new students would submit them.

Each function is named after its lab function, two underscores, and a name of its own. The rubric is
not to be tuned on them: if one is judged wrongly, the rubric's variants or mistakes lack a case.
"""
