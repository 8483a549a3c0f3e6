"""Tests of the files written for gradebooks."""
