"""What course platforms are told."""
