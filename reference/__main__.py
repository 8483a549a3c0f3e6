"""``python -m reference``: what the lab finds on a model, to be seen before a rubric is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console

from grader.errors import KernelError

_FILE = click.Path(dir_okay=False, path_type=Path)


class _Unfit(click.ClickException):
    """Wrong usage, or arguments that do not fit the model: one line on standard error."""

    exit_code = 2

    def __init__(self, error: Exception) -> None:
        super().__init__(" ".join(str(error).split()))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"reference: {self.message}", file=file, err=True)


class _Missing(_Unfit):
    """No such model or device here."""

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
@click.option("--bridge", is_flag=True, help="Load it as TransformerBridge.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64"]),
    default="float32",
    show_default=True,
    help="float64 is the yardstick for accuracy.",
)
@click.option(
    "--checkpoints",
    default="trained-2x4@0",
    show_default=True,
    help="A training run to follow: a name, a directory of step folders, or none.",
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
    help="Of the previous-token scores' tokens and the random heads.",
)
@click.option(
    "--memory",
    default="512MiB",
    show_default=True,
    help="What the activations of one forward pass may take.",
)
@click.option(
    "--plot",
    type=_FILE,
    default="induction_heads.png",
    show_default=True,
    help="Where to draw it: PNG, SVG or PDF.",
)
@click.option("--no-plot", is_flag=True, help="Draw nothing.")
@click.option("--plot-formation", type=_FILE, help="Draw the formation curve alone, too.")
@click.option("--json", "json_file", type=_FILE, help="Write all numbers as JSON.")
def main(  # noqa: PLR0913, PLR0917 (one parameter an option: click's way)
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
    from reference.analysis.measure import Settings  # noqa: PLC0415 (`--help` needs no torch)
    from reference.analysis.request import Files, Request  # noqa: PLC0415 (the same)
    from reference.analysis.run import measure, show  # noqa: PLC0415 (the same)
    from reference.analysis.size import size_bytes  # noqa: PLC0415 (the same)

    with _one_line(ValueError):
        request = Request(
            model=model,
            bridge=bridge,
            device=device,
            dtype=dtype,
            checkpoints=None if checkpoints == "none" else checkpoints,
            settings=Settings(
                seq_len=seq_len, n_samples=samples, seed=seed, budget_bytes=size_bytes(memory)
            ),
            files=Files(plot=None if no_plot else plot, formation=plot_formation, json=json_file),
        )
        with Console(stderr=True).status("starting") as status:
            analysis = measure(request, status.update)
    with _one_line():
        show(analysis, Console(), request.files)


@contextmanager
def _one_line(*unfit: type[Exception]) -> Iterator[None]:
    """Turn what is missing here, and what is not fit, into one line."""
    try:
        yield
    except KernelError as error:
        raise _Missing(error) from error
    except unfit as error:
        raise _Unfit(error) from error


if __name__ == "__main__":
    main(prog_name="python -m reference")
