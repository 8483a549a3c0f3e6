"""What the command line asks for."""

from dataclasses import dataclass
from pathlib import Path

from reference.analysis.measure import Settings
from reference.analysis.plot import require_format


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is written beside the tables; None is not written."""

    plot: Path | None = None
    formation: Path | None = None
    """The formation curve alone."""
    json: Path | None = None

    @property
    def plots(self) -> list[Path]:
        """Those that are pictures."""
        return [file for file in (self.plot, self.formation) if file is not None]

    @property
    def every(self) -> list[Path]:
        """All that are written."""
        return self.plots if self.json is None else [*self.plots, self.json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    model: str
    bridge: bool
    device: str
    dtype: str
    checkpoints: str | None
    """None follows no training run."""
    settings: Settings
    files: Files

    def check(self) -> None:
        """Find out what cannot be written before anything is measured.

        Raises:
            ValueError: If a plot's extension is unknown, its numbers are not asked for, or a
                folder is not there.
        """
        for plot in self.files.plots:
            require_format(plot)
        if self.files.formation is not None and self.checkpoints is None:
            raise ValueError("without checkpoints there is no formation curve to draw")
        for file in self.files.every:
            if not file.parent.is_dir():
                raise ValueError(f"{file} cannot be written: {file.parent} is no folder")
