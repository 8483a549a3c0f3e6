"""Measurements, run by hand and quoted in README; no test depends on time."""
