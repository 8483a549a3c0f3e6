"""Measures the memory of grading a notebook, over all processes, as in a platform's container.

Usage: ``python -m tests.benchmarks.memory NOTEBOOK [--limit MB] [--keys FOLDER]``.
The notebook is graded by ``grade container gradescope``. Without a limit the peak is sampled: the
sum of proportional set sizes (PSS), and the part that is anonymous or in memory file systems. With
a limit it runs in its own control group with that much memory, including page cache, no swap, and
half a CPU; this needs root and a memory controller. Prints the exit code and the score too.
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
_HALF_CPU = _PERIOD // 2


def main() -> None:
    """Grade the notebook once, and print memory, time and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--limit", type=int, metavar="MB")
    parser.add_argument("--keys", metavar="FOLDER", help="folder of hidden keys")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "autograder" / "submission").mkdir(parents=True)
        copyfile(arguments.notebook, root / "autograder" / "submission" / arguments.notebook.name)
        command = [sys.executable, "-m", "grader", "container", "gradescope"]
        command += ["--root", folder]
        command += ["--keys", arguments.keys] if arguments.keys else []
        start = perf_counter()
        code = (
            _run_limited(command, arguments.limit * 2**20)
            if arguments.limit
            else _run_sampled(command)
        )
        _print(f"ended with {code} after {perf_counter() - start:.1f} s: {_score(root)}")


def _score(root: Path) -> str:
    """Return the points and passed tests in the platform's result."""
    results = list((root / "autograder" / "results").glob("results.json"))
    if not results:
        return "no result"
    result = json.loads(results[0].read_text())
    tests = result.get("tests", [])
    passed = sum(test.get("score") == test.get("max_score") for test in tests)
    total = result.get("score", sum(test.get("score", 0) for test in tests))
    return f"score {total}, {passed} of {len(tests)} tests passed"


def _run_sampled(command: list[str]) -> int:
    """Run the command without a limit, and sample its memory."""
    peaks: Counter[str] = Counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for name, amount in _sizes(process.pid).items():
                peaks[name] = max(peaks[name], amount)
            sleep(0.05)
    _print(
        f"peak {peaks['Pss'] >> 10} MB (sum of Pss), of which at most"
        f" {peaks['unreclaimable'] >> 10} MB anonymous or in memory file systems"
    )
    return process.returncode


def _sizes(root: int) -> Counter[str]:
    """Return the memory of a process and its descendants in KB."""
    sizes: Counter[str] = Counter()
    with suppress(psutil.NoSuchProcess):
        for process in (psutil.Process(root), *psutil.Process(root).children(recursive=True)):
            with suppress(OSError):
                for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]:
                    name, amount = line.split()[:2]
                    sizes[name.rstrip(":")] += int(amount)
    sizes["unreclaimable"] = sizes["Pss_Anon"] + sizes["Pss_Shmem"]
    return sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class _ControlGroup:
    """Files of a control group, version 1 or 2: limits to set, members, peak and events."""

    settings: dict[Path, str]
    members: tuple[Path, ...]
    peak: Path
    events: Path


def _control_group(limit: int) -> _ControlGroup:
    one, two = _GROUPS / "memory", _GROUPS / _NAME
    if one.is_dir():
        memory, cpu = one / _NAME, _GROUPS / "cpu" / _NAME
        settings = {
            memory / "memory.limit_in_bytes": f"{limit}",
            memory / "memory.memsw.limit_in_bytes": f"{limit}",
            cpu / "cpu.cfs_period_us": f"{_PERIOD}",
            cpu / "cpu.cfs_quota_us": f"{_HALF_CPU}",
        }
        return _ControlGroup(
            settings=settings,
            members=(memory / "cgroup.procs", cpu / "cgroup.procs"),
            peak=memory / "memory.max_usage_in_bytes",
            events=memory / "memory.oom_control",
        )
    return _ControlGroup(
        settings={
            two / "memory.max": f"{limit}",
            two / "memory.swap.max": "0",
            two / "cpu.max": f"{_HALF_CPU} {_PERIOD}",
        },
        members=(two / "cgroup.procs",),
        peak=two / "memory.peak",
        events=two / "memory.events",
    )


def _run_limited(command: list[str], limit: int) -> int:
    with _created(_control_group(limit)) as group:
        enter = "".join(f"echo $$ > {path}; " for path in group.members)
        done = subprocess.run(
            ["/bin/sh", "-c", enter + 'exec "$@"', "sh", *command],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        events = dict(line.split() for line in group.events.read_text().splitlines())
        _print(
            f"limit {limit >> 20} MB: peak {int(group.peak.read_text()) >> 20} MB with page cache,"
            f" killed for memory: {events.get('oom_kill', 'unknown')}"
        )
    return done.returncode


@contextmanager
def _created(group: _ControlGroup) -> Iterator[_ControlGroup]:
    """Create a control group, and remove it after the block."""
    folders = list(dict.fromkeys(path.parent for path in group.members))
    try:
        for folder in folders:
            folder.mkdir()
        for path, value in group.settings.items():
            if path.exists():  # swap accounting may be off
                path.write_text(value)
    except OSError as error:
        sys.exit(f"No control group can be created here: {error}.")
    try:
        yield group
    finally:
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
