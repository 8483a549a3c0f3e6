"""Tests of batches: finding, keeping, and what comes after grading."""
