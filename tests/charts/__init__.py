"""What the pictures of a report show."""
