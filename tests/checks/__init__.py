"""Tests of the check kinds, one file a kind."""
