"""Notebooks as people hand them in: each case is one small change to a right notebook."""
