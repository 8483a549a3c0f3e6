"""A course platform's container, emulated: Docker's defaults around a command of ours."""
