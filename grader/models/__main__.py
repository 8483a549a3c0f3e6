"""`python -m grader.models trained-2x4@3`: train a run unless it is kept, and print its file."""

import argparse
import sys

from grader.errors import GraderError
from grader.models.trained import keep_run


def main() -> None:
    """Print where a run's weights are; exit with 3 and one line on stderr if they cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m grader.models", description=__doc__)
    parser.add_argument("name", help="the run, such as trained-2x4@3")
    try:
        sys.stdout.write(f"{keep_run(parser.parse_args().name)}\n")
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
