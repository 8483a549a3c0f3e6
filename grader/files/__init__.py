"""Safe reading, writing and escaping of files and texts that others supply."""
