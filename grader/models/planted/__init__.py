"""planted."""
