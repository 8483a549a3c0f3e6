"""``python -m tests.fuzz TARGET --seconds N``: exits 1 and prints a failing input in base64."""

import argparse
import base64
import os
import sys
import tempfile
import traceback
from pathlib import Path

import atheris  # type: ignore[import-untyped,unused-ignore]  # no types upstream

from tests.fuzz.targets import NAMES


def main() -> None:
    """Fuzz one target until the time is over or an input fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--input", help="run one input, given in base64, and nothing else")
    arguments = parser.parse_args()
    with atheris.instrument_imports(include=["grader", "yaml", "safetensors"]):
        from tests.fuzz.targets import find  # noqa: PLC0415 (instrumented as it is imported)

        target = find(arguments.target)
    if arguments.input is not None:
        target.one(base64.b64decode(arguments.input))
        return

    def run(data: bytes) -> None:
        try:
            target.one(data)
        except Exception:  # noqa: BLE001 (any error is a finding)
            traceback.print_exc()
            sys.stderr.write(f"FOUND in {arguments.target}: {base64.b64encode(data).decode()}\n")
            sys.stderr.flush()
            os._exit(1)

    with tempfile.TemporaryDirectory() as folder:
        for i, seed in enumerate(target.seeds):
            (Path(folder) / f"{i}").write_bytes(seed)
        options = [
            f"-max_total_time={arguments.seconds}", "-timeout=10", "-rss_limit_mb=1024",
            "-max_len=20000", f"-artifact_prefix={folder}/", "-print_final_stats=1",
        ]  # fmt: skip
        atheris.Setup([sys.argv[0], *options, folder], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
