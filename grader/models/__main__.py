"""Write model files: train a run unless it is saved already, or write synthetic models' weights.

`python -m grader.models trained-2x4@3` prints the path of the run's file. `python -m grader.models
--weights DIRECTORY NAME NAME` writes DIRECTORY/0.safetensors and so on, in this order, and prints
each number when its file is complete. Without a NAME it reads names from standard input, because
any process on the machine can read arguments.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.errors import GraderError
from grader.models.checkpoints import save_run
from grader.models.weight_file import write_weights


def main() -> None:
    """Write the files and print each as it is done; on an error exit with 3 and one line."""
    parser = argparse.ArgumentParser(prog="python -m grader.models", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a model, such as trained-2x4@3")
    parser.add_argument(
        "--weights", type=Path, metavar="DIRECTORY", help="write synthetic models' weights to it"
    )
    arguments = parser.parse_args()
    if arguments.weights is None and len(arguments.names) != 1:
        parser.error("name one run, or say where --weights go")
    try:
        for done in _write(arguments.names, arguments.weights):
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


def _write(names: list[str], directory: Path | None) -> Iterator[object]:
    """Yield the run's file, or the number of each weight file, once it is written."""
    if directory is None:
        yield save_run(names[0])
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
