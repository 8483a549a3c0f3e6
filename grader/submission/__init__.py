"""Which cells a function needs, found by reading: so that one function can be graded quickly."""
