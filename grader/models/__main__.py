"""Make models' files: train a run unless it is kept, or write constructed models' weights.

`python -m grader.models trained-2x4@3` prints where the run's file is. `python -m grader.models
--weights DIRECTORY NAME NAME` writes DIRECTORY/0.safetensors and so on, in this order, and prints
each number when its file is there. Without a NAME it reads names from standard input: arguments
can be seen by all processes of a machine.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.errors import GraderError
from grader.models.checkpoints import keep_run
from grader.models.weight_file import write_weights


def main() -> None:
    """Print what is made when it is; exit with 3 and one line on stderr if it cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m grader.models", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a model, such as trained-2x4@3")
    parser.add_argument("--weights", type=Path, metavar="DIRECTORY", help="write weights in there")
    asked = parser.parse_args()
    if asked.weights is None and len(asked.names) != 1:
        parser.error("name one run, or say where --weights go")
    try:
        for made in _make(asked.names, asked.weights):
            sys.stdout.write(f"{made}\n")
            sys.stdout.flush()
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


def _make(names: list[str], directory: Path | None) -> Iterator[object]:
    """Each file or its number, once it is there."""
    if directory is None:
        yield keep_run(names[0])
        return
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise GraderError(f"{directory} cannot be made: {error.strerror}") from error
    for i, name in enumerate(names or sys.stdin.read().split()):
        write_weights(name, directory / f"{i}.safetensors")
        yield i


if __name__ == "__main__":
    main()
