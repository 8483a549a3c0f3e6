"""Defines the command's options, and checks them before anything heavy is imported."""

import re
from dataclasses import dataclass
from pathlib import Path

PLOT_FORMATS = (".png", ".svg", ".pdf")

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<prefix>[KMGT]?)(?P<binary>i?)B", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Size, seed and memory budget of the measurements."""

    seq_len: int = 25
    """Length of one half of the repeated sequences."""
    n_samples: int = 10
    seed: int = 0
    """Seed for the tokens of the previous-token scores and for the control heads."""
    budget_bytes: int = 2**29
    """Memory that the activations of one forward pass may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFiles:
    """Files written beside the printed tables; a file that is None is not written."""

    plot: Path | None = None
    formation: Path | None = None
    """Plot of the formation curve alone."""
    json: Path | None = None

    @property
    def plots(self) -> list[Path]:
        """The image files."""
        return [file for file in (self.plot, self.formation) if file is not None]

    @property
    def all(self) -> list[Path]:
        """The image files and the JSON file."""
        return self.plots if self.json is None else [*self.plots, self.json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `python -m reference`."""

    model: str
    bridge: bool
    device: str
    dtype: str
    checkpoints: str | None
    """Training run to follow; None follows none."""
    settings: Settings
    files: OutputFiles

    def validate(self) -> None:
        """Check that every requested file can be written.

        Raises:
            ValueError: If a plot's extension is unknown, a plot needs checkpoints and there are
                none, or a folder does not exist.
        """
        for plot in self.files.plots:
            require_plot_format(plot)
        if self.files.formation is not None and self.checkpoints is None:
            raise ValueError("without checkpoints there is no formation curve to draw")
        for file in self.files.all:
            if not file.parent.is_dir():
                raise ValueError(f"{file} cannot be written: {file.parent} is no folder")


def require_plot_format(file: Path) -> None:
    """Check that a file's extension is that of a supported image format.

    Raises:
        ValueError: If it is not.
    """
    if file.suffix.lower() not in PLOT_FORMATS:
        raise ValueError(f"a plot is a file of {', '.join(PLOT_FORMATS)}, got {str(file)!r}")


def parse_size(text: str) -> int:
    """Parse an amount of memory: 512MB is 512 million bytes, 512MiB is 512 * 2**20.

    Args:
        text: A number, a prefix K, M, G or T with or without an i, and B.

    Raises:
        ValueError: If the text has another form.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"an amount of memory is written like 512MB or 2GiB, got {text!r}")
    base = 1024 if match["binary"] else 1000
    return int(float(match["number"]) * base ** _POWERS[match["prefix"].upper()])


def format_size(n_bytes: int) -> str:
    """Format an amount of memory with a binary unit, such as 512 MiB."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if n_bytes >= 2**power:
            return f"{n_bytes / 2**power:.4g} {unit}"
    return f"{n_bytes} B"
