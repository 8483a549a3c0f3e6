"""Tests of the sandbox from outside: what backends deny, how they are verified, what is left."""
