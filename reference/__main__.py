"""``python -m reference``: runs the lab's analysis on a model.

Instructors use it to see what the lab finds on a model before they write a rubric for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console

from grader.errors import KernelError
from reference.analysis.args import Options, OutputFiles, Settings, parse_size

_FILE = click.Path(dir_okay=False, path_type=Path)


class _InvalidArgumentsError(click.ClickException):
    """Arguments that do not fit the model, reported as one line on standard error."""

    exit_code = 2

    def __init__(self, error: Exception) -> None:
        super().__init__(" ".join(str(error).split()))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error as one line."""
        click.echo(f"reference: {self.message}", file=file, err=True)


class _UnavailableError(_InvalidArgumentsError):
    """A model or device that is not available on this machine."""

    exit_code = KernelError.exit_code


@click.command(
    name="reference",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--model",
    default="planted-12x12",
    show_default=True,
    help="planted-LxH@SEED, a name that TransformerLens knows, or a directory of weights.",
)
@click.option("--bridge", is_flag=True, help="Load the model as a TransformerBridge.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64"]),
    default="float32",
    show_default=True,
    help="Precision; float64 is the most accurate.",
)
@click.option(
    "--checkpoints",
    default="trained-2x4@0",
    show_default=True,
    help="Training run to follow: a name, a directory of step folders, or none.",
)
@click.option(
    "--seq-len", default=25, show_default=True, help="Length of one half of the sequences."
)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Number of sequences.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Seed for the tokens of the previous-token scores and for the random heads.",
)
@click.option(
    "--memory",
    default="512MiB",
    show_default=True,
    help="Memory that the activations of one forward pass may take.",
)
@click.option(
    "--plot",
    type=_FILE,
    default="induction_heads.png",
    show_default=True,
    help="File to draw the figure to: PNG, SVG or PDF.",
)
@click.option("--no-plot", is_flag=True, help="Do not draw the figure.")
@click.option(
    "--plot-formation", type=_FILE, help="Also draw the formation curve alone to this file."
)
@click.option("--json", "json_file", type=_FILE, help="Write all numbers to this file as JSON.")
def main(  # noqa: PLR0913, PLR0917 (click passes each option as a parameter)
    model: str,
    bridge: bool,  # noqa: FBT001 (the same)
    device: str,
    dtype: str,
    checkpoints: str,
    seq_len: int,
    samples: int,
    seed: int,
    memory: str,
    plot: Path,
    no_plot: bool,  # noqa: FBT001 (the same)
    plot_formation: Path | None,
    json_file: Path | None,
) -> None:
    """Analyse a model as the lab does: scores, composition, ablation, formation.

    Exit codes: 0 done, 2 wrong usage or arguments that do not fit the model, 3 no such model or
    device here.
    """
    with _errors_in_one_line(ValueError):
        options = Options(
            model=model,
            bridge=bridge,
            device=device,
            dtype=dtype,
            checkpoints=None if checkpoints == "none" else checkpoints,
            settings=Settings(
                seq_len=seq_len, n_samples=samples, seed=seed, budget_bytes=parse_size(memory)
            ),
            files=OutputFiles(
                plot=None if no_plot else plot, formation=plot_formation, json=json_file
            ),
        )
        options.validate()

    # Imported only now: `--help` and wrong options need no torch.
    from reference.analysis.analysis import run_analysis  # noqa: PLC0415
    from reference.analysis.output import write_output  # noqa: PLC0415

    with _errors_in_one_line(ValueError), Console(stderr=True).status("starting") as status:
        analysis = run_analysis(options, status.update)
    with _errors_in_one_line():
        write_output(analysis, Console(), options.files)


@contextmanager
def _errors_in_one_line(*invalid: type[Exception]) -> Iterator[None]:
    """Report a `KernelError`, or one of these exceptions, as one line with its exit code."""
    try:
        yield
    except KernelError as error:
        raise _UnavailableError(error) from error
    except invalid as error:
        raise _InvalidArgumentsError(error) from error


if __name__ == "__main__":
    main(prog_name="python -m reference")
