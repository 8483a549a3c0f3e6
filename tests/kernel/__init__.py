"""Tests that run notebooks in real kernels."""
