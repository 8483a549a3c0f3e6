"""Options of ``grade key``."""

from pathlib import Path

import click

from grader.cli.options import (
    SEED,
    device_option,
    model_option,
    option,
    output_option,
    rubric_option,
)


@click.group()
def key() -> None:
    """Build answer keys and verify the shipped one."""


@key.command()
@rubric_option
@model_option
@device_option
@option("--full", is_flag=True, help="Build the hidden key, for `grade NOTEBOOK --full --key`.")
@option(
    "--seed",
    type=SEED,
    help="Seed of the key. With --full, hidden models are drawn from it; defaults to a new one.",
)
@output_option("The key to write.", required=True)
def build(  # noqa: PLR0913 (one parameter an option: click's way)
    rubric: str | None,
    model: str | None,
    device: str,
    seed: int | None,
    output: Path,
    *,
    full: bool,
) -> None:
    """Run the reference and write its answers to a key."""
    from grader.answer_key.model import KeyRequest
    from grader.cli.make_key import build_to
    from grader.rubric.hidden_models import random_seed

    key_seed = seed if seed is not None else random_seed() if full else 0
    request = KeyRequest(device=device, seed=key_seed, hidden=full)
    build_to(output, rubric=rubric, model=model, request=request)


@key.command()
@rubric_option
@device_option
@click.pass_context
def verify(ctx: click.Context, rubric: str | None, device: str) -> None:
    """Check that the shipped key agrees with the reference on this machine."""
    from grader.cli.make_key import verify_public_key

    ctx.exit(verify_public_key(rubric=rubric, device=device))
