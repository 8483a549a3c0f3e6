"""Reference solutions of the labs, their accepted variants and their known mistakes."""
