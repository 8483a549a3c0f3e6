"""Grades the induction-head lab: values against a reference, within tolerances a rubric states."""
