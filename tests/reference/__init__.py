"""Tests of the reference solutions, their variants and their known mistakes."""
