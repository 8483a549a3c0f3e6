"""Many submissions: found, graded, kept, and put in a gradebook."""
