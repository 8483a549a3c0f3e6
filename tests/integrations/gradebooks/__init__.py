"""Tests of the gradebooks' files."""
