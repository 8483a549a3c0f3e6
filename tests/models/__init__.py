"""Tests of the models a lab is graded on."""
