"""The worked solution: the student's notebook with every answer filled in, for instructors."""
