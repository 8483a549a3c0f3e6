"""Tests of the results written for course platforms."""
