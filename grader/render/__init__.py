"""A report for people and machines; one format a file, all of them pure."""
