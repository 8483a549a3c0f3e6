"""Options shared by several commands, and help that lists options in sections."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

GRADING, OUTPUT, BATCH, SANDBOX = "Grading", "Output", "Batch", "Sandbox"
PATH = click.Path(path_type=Path)
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
GRADEBOOKS = click.Choice(["blackboard", "brightspace", "canvas", "csv", "moodle", "nbgrader"])
SEED = click.IntRange(0, 2**31 - 1)

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class SectionedOption(click.Option):
    """An option that belongs to a section of its command's help."""

    def __init__(self, *args: Any, section: str = "Options", **attributes: Any) -> None:  # noqa: ANN401 (click's own)
        super().__init__(*args, **attributes)
        self.section = section


class SectionedCommand(click.Command):
    """A command whose help lists its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by section."""
        write_sections(self.get_params(ctx), ctx, formatter)


def write_sections(
    params: Iterable[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write the help of options, section by section, in the order in which sections first occur."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
            sections.setdefault(getattr(param, "section", "Options"), []).append(record)
    for title, records in sections.items():
        with formatter.section(title):
            formatter.write_dl(records)


def option(*names: str, section: str = "Options", **attributes: Any) -> Decorator:  # noqa: ANN401 (click's own)
    """Declare an option in a section of the command's help; see `click.option`."""
    return click.option(*names, cls=SectionedOption, section=section, **attributes)


def output_option(help_text: str, **attributes: Any) -> Decorator:  # noqa: ANN401 (click's own)
    """Declare ``-o``/``--output``, a path."""
    return option("-o", "--output", type=PATH, help=help_text, section=OUTPUT, **attributes)


rubric_option = option(
    "--rubric",
    metavar="LAB|FILE",
    help="Lab's name or rubric file. Defaults to the installed lab.",
    section=GRADING,
)
model_option = option(
    "--model",
    metavar="NAME|DIR",
    help="Model to grade on, instead of the rubric's: planted-LxH@SEED, a name or a directory.",
    section=GRADING,
)
device_option = option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    section=GRADING,
)
isolation_option = option(
    "--isolation",
    type=click.Choice(["auto", "strict", "none"]),
    default="auto",
    show_default=True,
    help="`auto` uses the strongest sandbox available, `strict` requires one, `none` uses none.",
    section=SANDBOX,
)
