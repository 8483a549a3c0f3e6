"""The student's notebook with every answer filled in, for those who teach with it."""
