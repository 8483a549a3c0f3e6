"""Packages: what is in them, and that they work where platforms put them."""
