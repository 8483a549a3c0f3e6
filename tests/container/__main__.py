"""Run a command as a course platform would: root in a container with Docker's defaults.

    python -m tests.container [--bind PATH[:rw] ...] [--no-landlock] -- COMMAND...

The command starts in the project's folder, which is read-only; `/tmp`, `/run`, `/home`, `/root`,
`/autograder` and `/var/tmp` are empty and writable. `python` is the one that runs this module. The
exit code is the command's, or 125 if no container can be started, as with Docker.
"""

import argparse
import json
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tests.container.bundle import CAPABILITIES, Bind, Container, configuration
from tests.container.seccomp import Host, resolve

PROJECT = Path(__file__).resolve().parents[2]
NOT_STARTED = 125

# `apt-get download golang-github-docker-docker-dev` and `dpkg -x` install it without its 250
# dependencies.
PROFILE = Path("/usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json")

_CAP_SYS_ADMIN = 1 << 21
_FOLDERS = ("usr", "etc", "var", "opt", "srv", "mnt", "media", "proc", "sys", "dev")
_ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "group": "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1\tlocalhost {hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n",
    "hostname": "{hostname}\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
    "resolv.conf": "",
}


def unavailable_reason() -> str:
    """Return what this machine lacks to start a container; empty if nothing."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "containers need Linux and root"
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    if not int(effective.split()[1], 16) & _CAP_SYS_ADMIN:
        return "root may not mount here: this is a container itself"
    if shutil.which("runc") is None:
        return "runc is not installed"
    if not PROFILE.is_file():
        return f"Docker's seccomp profile is not at {PROFILE}"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run the container."""
    options = parser().parse_args(arguments)
    if reason := unavailable_reason():
        sys.stderr.write(f"container: {reason}\n")
        return NOT_STARTED
    signal.signal(signal.SIGTERM, _stop)
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="container-") as folder:
        bundle = Path(folder)
        name = secrets.token_hex(6)
        create_root(bundle / "root", name)
        container = Container(
            command=tuple(options.command),
            root=bundle / "root",
            folder=PROJECT,
            binds=(*host_binds(), *options.bind),
            environment=environment(name),
            seccomp=resolve(
                json.loads(PROFILE.read_bytes()),
                Host(platform.machine(), platform.release(), frozenset(CAPABILITIES)),
                landlock=not options.no_landlock,
            ),
            hostname=name,
        )
        (bundle / "config.json").write_text(json.dumps(configuration(container)))
        return run(bundle, name)


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    line = argparse.ArgumentParser(prog="python -m tests.container", description=__doc__)
    line.formatter_class = argparse.RawDescriptionHelpFormatter
    line.add_argument(
        "--bind",
        action="append",
        default=[],
        type=bind_option,
        metavar="PATH[:rw]",
        help="show this file or folder inside, at the same path; read-only without `:rw`",
    )
    line.add_argument(
        "--no-landlock",
        action="store_true",
        help="let the Landlock calls fail with ENOSYS, as on a kernel without it",
    )
    line.add_argument("command", nargs="+", metavar="COMMAND")
    return line


def bind_option(text: str) -> Bind:
    """Parse one `--bind`."""
    path, writable = text.removesuffix(":rw"), text.endswith(":rw")
    if not Path(path).exists():
        raise argparse.ArgumentTypeError(f"{path} does not exist")
    return Bind(Path(path).absolute(), writable)


def host_binds() -> list[Bind]:
    """Return what a course's image would contain: system, Python with packages, the project."""
    real = Path(sys.executable).resolve().parents[1]
    system = [Path(f"/{name}") for name in ("usr", "bin", "sbin", "lib", "lib64")]
    places = [Path("/etc/alternatives"), Path(sys.prefix), Path(sys.base_prefix), real, PROJECT]
    places += [
        folder for folder in system if not folder.is_symlink()
    ]  # links to /usr: see `create_root`
    return [Bind(place) for place in places if place.is_dir()]


def environment(hostname: str) -> dict[str, str]:
    """Return the variables of Docker, of Python's images, and CI if it is set outside."""
    system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    inherited = {"CI": os.environ["CI"]} if "CI" in os.environ else {}
    return {
        "PATH": f"{sys.prefix}/bin:{system}",
        "HOSTNAME": hostname,
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": "/root/.cache",
        "OMP_NUM_THREADS": "1",
        **inherited,
    }


def create_root(root: Path, hostname: str) -> None:
    """Create the folder that becomes `/`: mount points, a few files, and `.dockerenv`."""
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True)
    for place in Path("/").iterdir():
        if place.is_symlink() and str(place.readlink()).lstrip("/").startswith("usr/"):
            (root / place.name).symlink_to(place.readlink())
    for name, content in _ETC.items():
        (root / "etc" / name).write_text(content.format(hostname=hostname), encoding="ascii")
    if (cache := Path("/etc/ld.so.cache")).is_file():
        shutil.copyfile(cache, root / "etc" / cache.name)
    (root / ".dockerenv").touch()


def run(bundle: Path, name: str) -> int:
    """Run a bundle and remove the container afterwards."""
    runc = [shutil.which("runc") or "runc", "--root", str(bundle / "state")]
    pid_file = bundle / "pid"
    try:
        command = [*runc, "run", "--bundle", str(bundle), "--pid-file", str(pid_file), name]
        code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode
        return code if pid_file.is_file() else NOT_STARTED
    finally:
        delete = [*runc, "delete", "--force", name]  # fails if runc has removed it already
        subprocess.run(delete, check=False, capture_output=True)


def _stop(signal_number: int, frame: object) -> NoReturn:  # noqa: ARG001
    """Exit through the `finally` blocks, so that the container is removed."""
    raise SystemExit(128 + signal_number)


if __name__ == "__main__":
    raise SystemExit(main())
