"""``grade doctor``: one thing examined a file, each finding in plain words."""
