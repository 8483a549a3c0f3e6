"""What students receive: the lab as a notebook to fill in, and an example of a graded one."""
