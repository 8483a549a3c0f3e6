"""Rubrics, one YAML file a lab, and the public answer keys made from them."""
