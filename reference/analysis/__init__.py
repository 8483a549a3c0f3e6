"""Runs the whole lab on one model: measures it, prints tables and draws one figure."""
