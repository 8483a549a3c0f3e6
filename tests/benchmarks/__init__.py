"""Benchmarks, run by hand and quoted in docs/numbers.md; no test depends on time."""
