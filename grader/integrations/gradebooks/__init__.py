"""Files that gradebooks of course platforms import: one gradebook a file. Pure."""
