"""The sandbox from outside: what a backend withholds, how it is tried, what is left afterwards."""
