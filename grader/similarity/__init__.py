"""What is alike in the submissions of a batch: something for a person to look at, never points."""
