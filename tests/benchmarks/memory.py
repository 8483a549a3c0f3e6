"""The memory that grading a notebook takes, all processes together, as in a platform's container.

Usage: ``python -m tests.benchmarks.memory NOTEBOOK [--limit MB] [--keys FOLDER]``.
The notebook is graded by ``grade container gradescope``. Without a limit the peak is sampled: the
sum of proportional set sizes, and of it what cannot be taken back while it is in use. With one it
runs in a control group of its own, with so much memory, page cache included, no swap, and half a
CPU; that needs root and a memory controller. What ended it is told, and the score.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from time import perf_counter, sleep

import psutil

_GROUPS = Path("/sys/fs/cgroup")
_NAME = f"grade-memory-{os.getpid()}"
_PERIOD = 100_000
_HALF = _PERIOD // 2


def main() -> None:
    """Grade once, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--limit", type=int, metavar="MB")
    parser.add_argument("--keys", metavar="FOLDER", help="of hidden keys")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "autograder" / "submission").mkdir(parents=True)
        copyfile(asked.notebook, root / "autograder" / "submission" / asked.notebook.name)
        command = [sys.executable, "-m", "grader", "container", "gradescope"]
        command += ["--root", folder]
        command += ["--keys", asked.keys] if asked.keys else []
        start = perf_counter()
        code = _limited(command, asked.limit * 2**20) if asked.limit else _sampled(command)
        _say(f"ended with {code} after {perf_counter() - start:.1f} s: {_score(root)}")


def _score(root: Path) -> str:
    """The points and the tests passed, as they stand in the platform's result."""
    results = list((root / "autograder" / "results").glob("results.json"))
    if not results:
        return "no result"
    result = json.loads(results[0].read_text())
    tests = result.get("tests", [])
    passed = sum(test.get("score") == test.get("max_score") for test in tests)
    total = result.get("score", sum(test.get("score", 0) for test in tests))
    return f"score {total}, {passed} of {len(tests)} tests passed"


def _sampled(command: list[str]) -> int:
    """Run it with as much memory as it wants, looking on."""
    peaks: Counter[str] = Counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for what, amount in _sizes(process.pid).items():
                peaks[what] = max(peaks[what], amount)
            sleep(0.05)
    _say(
        f"peak {peaks['Pss'] >> 10} MB (sum of Pss), of which at most"
        f" {peaks['held'] >> 10} MB anonymous or in memory file systems"
    )
    return process.returncode


def _sizes(root: int) -> Counter[str]:
    """Of a process and all below it, in KB."""
    sizes: Counter[str] = Counter()
    with suppress(psutil.NoSuchProcess):
        for process in (psutil.Process(root), *psutil.Process(root).children(recursive=True)):
            with suppress(OSError):
                for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]:
                    name, amount = line.split()[:2]
                    sizes[name.rstrip(":")] += int(amount)
    sizes["held"] = sizes["Pss_Anon"] + sizes["Pss_Shmem"]
    return sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Where a limit is set and what it came to is read: control groups, version 1 or 2."""

    settings: dict[Path, str]
    members: tuple[Path, ...]
    peak: Path
    events: Path


def _group(limit: int) -> _Group:
    one, two = _GROUPS / "memory", _GROUPS / _NAME
    if one.is_dir():
        memory, cpu = one / _NAME, _GROUPS / "cpu" / _NAME
        settings = {
            memory / "memory.limit_in_bytes": f"{limit}",
            memory / "memory.memsw.limit_in_bytes": f"{limit}",
            cpu / "cpu.cfs_period_us": f"{_PERIOD}",
            cpu / "cpu.cfs_quota_us": f"{_HALF}",
        }
        return _Group(
            settings=settings,
            members=(memory / "cgroup.procs", cpu / "cgroup.procs"),
            peak=memory / "memory.max_usage_in_bytes",
            events=memory / "memory.oom_control",
        )
    return _Group(
        settings={
            two / "memory.max": f"{limit}",
            two / "memory.swap.max": "0",
            two / "cpu.max": f"{_HALF} {_PERIOD}",
        },
        members=(two / "cgroup.procs",),
        peak=two / "memory.peak",
        events=two / "memory.events",
    )


def _limited(command: list[str], limit: int) -> int:
    with _made(_group(limit)) as group:
        enter = "".join(f"echo $$ > {path}; " for path in group.members)
        done = subprocess.run(
            ["/bin/sh", "-c", enter + 'exec "$@"', "sh", *command],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        events = dict(line.split() for line in group.events.read_text().splitlines())
        _say(
            f"limit {limit >> 20} MB: peak {int(group.peak.read_text()) >> 20} MB with page cache,"
            f" killed for memory: {events.get('oom_kill', 'unknown')}"
        )
    return done.returncode


@contextmanager
def _made(group: _Group) -> Iterator[_Group]:
    """A control group for as long as it is needed."""
    folders = list(dict.fromkeys(path.parent for path in group.members))
    try:
        for folder in folders:
            folder.mkdir()
        for path, value in group.settings.items():
            if path.exists():  # swap may not be counted
                path.write_text(value)
    except OSError as error:
        sys.exit(f"No control group can be made here: {error}.")
    try:
        yield group
    finally:
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
