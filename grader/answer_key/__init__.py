"""answer_key."""
