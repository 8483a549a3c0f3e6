"""What pytest shows of a notebook."""
