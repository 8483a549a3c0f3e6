"""Plants an induction circuit in constructed weights, so that the role of every head is known."""
