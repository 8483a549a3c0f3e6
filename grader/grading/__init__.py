"""Grades one submission: opens a session (rubric, answer key, seed, sandbox) and builds the report.

Begin with `grader.grading.pipeline.grade_notebook`.
"""
