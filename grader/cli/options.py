"""Options that several commands have."""

import click

DEVICES = click.Choice(["auto", "cpu", "cuda"])
SEED = click.IntRange(0, 2**31 - 1)
PLATFORMS = click.Choice(
    [
        "autolab",
        "classroom50",
        "codegrade",
        "codio",
        "coursera",
        "github-classroom",
        "gradescope",
        "junit",
        "prairielearn",
        "vocareum",
    ]
)
GRADEBOOK = click.Choice(["blackboard", "brightspace", "canvas", "csv", "moodle", "nbgrader"])
