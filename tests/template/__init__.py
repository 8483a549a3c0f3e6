"""Tests of the student template, its example and the worked solution."""
