"""How platforms and people lay out what students handed in: one layout a file, told by names."""
