"""The target of an attack: files, services and a process it must neither read nor change."""

import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import psutil

import reference
from tests.attacks.listeners import Listeners
from tests.attacks.traces import (
    RUBRIC,
    Descendants,
    diff_snapshots,
    has_queue,
    ipc_objects,
    is_locked,
    key_folder,
    marked_files,
    remove_ipc_object,
    snapshot,
)
from tests.notebooks import write

TOKEN = "GRADER_PLATFORM_TOKEN"  # noqa: S105 (the variable's name)
_BYSTANDER = "import sys; file = open(sys.argv[2]); print(flush=True); sys.stdin.read()"


class Target:
    """The tester's submissions, results, home, open ports and another running program.

    Also detects whether a submission has damaged them.
    """

    def __init__(self, root: Path) -> None:
        """Create the files in an empty folder."""
        self.root = root
        self.tag = f"attacked-{secrets.token_hex(6)}"
        self.key = secrets.randbelow(2**30) + 2**20
        self.canaries = {
            name: f"canary-{secrets.token_hex(12)}"
            for name in ("neighbour", "results", "secret", "token")
        }
        for name in ("home", "submissions", "results", "outside"):
            (root / name).mkdir()
        self.submissions = root / "submissions"
        self.neighbour = write(
            self.submissions / "neighbour.ipynb", [f"# {self.canaries['neighbour']}"]
        )
        self.results = root / "results" / "results.json"
        self.results.write_text(json.dumps({"score": 1, "note": self.canaries["results"]}))
        self.secret = root / "home" / "secret.txt"
        self.secret.write_text(self.canaries["secret"])
        self.marker = f"marker-{self.tag}"
        (root / "outside" / self.marker).write_text("here")
        self._listeners = Listeners(root, f"abstract-{self.tag}")
        self._descendants = Descendants()
        self._before: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start the services and the other program, and set the platform's token."""
        self._descendants.__enter__()
        self._listeners.__enter__()
        self._previous_token = os.environ.get(TOKEN)
        os.environ[TOKEN] = self.canaries["token"]
        self.bystander = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BYSTANDER, self.tag, str(self.secret)],
            cwd=self.secret.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._descendants.ignore(self.bystander.pid)
        if self.bystander.stdout is not None:
            self.bystander.stdout.readline()
        self._state = self._bystander_state()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop everything and remove what was left outside the folder."""
        self.bystander.kill()
        self.bystander.communicate()
        self._descendants.__exit__()
        self._listeners.__exit__()
        os.environ.pop(TOKEN)
        if self._previous_token is not None:
            os.environ[TOKEN] = self._previous_token
        for path in marked_files(self.tag):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for kind, number in ipc_objects(self.key):
            remove_ipc_object(kind, number)
        has_queue(self.tag, remove=True)

    def facts(self) -> dict[str, object]:
        """Return what samples are told (as ``WORLD``), to know what to attack; never a canary."""
        return {
            "tag": self.tag,
            "key": self.key,
            "submissions": str(self.submissions),
            "notebook": str(self.submissions / "attacked.ipynb"),
            "neighbour": str(self.neighbour),
            "results": str(self.results.parent),
            "results_file": str(self.results),
            "home": str(self.secret.parent),
            "secret": str(self.secret),
            "outside": str(self.root / "outside"),
            "marker": self.marker,
            "rubric": str(RUBRIC.parent),
            "keys": str(key_folder()),
            "reference": str(Path(str(reference.__file__)).parent),
            "port": self._listeners.port,
            "udp_port": self._listeners.udp_port,
            "abstract": f"abstract-{self.tag}",
            "socket": str(self._listeners.path),
            "bystander": self.bystander.pid,
            "bystander_name": self.tag,
        }

    def remember(self) -> None:
        """Record the present state, right before a submission is graded."""
        self._before = snapshot(self.root)
        self._descendants.remember()
        self._listeners.received.clear()

    def damage(self) -> list[str]:
        """Return what has changed since, was connected to or is left, one line each."""
        damage = [
            f"process left: {_describe(process)}" for process in self._descendants.leftovers()
        ]
        damage += diff_snapshots(self._before, snapshot(self.root))
        damage += sorted(set(self._listeners.received))
        damage += [f"left outside: {path}" for path in marked_files(self.tag)]
        damage += [f"System V {kind} left" for kind, _ in ipc_objects(self.key)]
        damage += ["message queue left"] if has_queue(self.tag) else []
        damage += [f"locked: {p.name}" for p in (self.results, self.neighbour) if is_locked(p)]
        state = self._bystander_state()
        damage += [
            f"bystander's {name}: {self._state[name]} became {state[name]}"
            for name in state
            if state[name] != self._state[name]
        ]
        return damage

    def _bystander_state(self) -> dict[str, Any]:
        if self.bystander.poll() is not None:
            return dict.fromkeys(getattr(self, "_state", {}), "gone")
        process = psutil.Process(self.bystander.pid)
        return {
            "status": "stopped" if process.status() == psutil.STATUS_STOPPED else "running",
            "priority": process.nice(),
            "cores": process.cpu_affinity(),
            "limits": process.rlimit(resource.RLIMIT_NOFILE),
            "io class": process.ionice(),
            "policy": os.sched_getscheduler(self.bystander.pid),
        }


def _describe(process: psutil.Process) -> str:
    try:
        return f"{process.name()} {process.status()} {' '.join(process.cmdline())[:80]}"
    except psutil.Error:
        return f"process {process.pid}"
