"""Pages: one self-contained file each, made from templates that escape whatever they are given."""
