"""Tests of the grader that need no kernel."""
