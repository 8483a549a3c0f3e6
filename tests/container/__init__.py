"""Emulates a course platform's container: runs a command with Docker's defaults, using runc."""
