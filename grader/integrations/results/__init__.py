"""What course platforms are told, in their own words: one writer a file, all of them pure."""
