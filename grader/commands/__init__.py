"""What each command of `grade` does, one a file; loaded only when it is asked for."""
