"""Services outside the sandbox that record every connection."""

import contextlib
import os
import selectors
import socket
import threading
from pathlib import Path
from typing import Self


class Listeners:
    """TCP, UDP and Unix sockets on the tester's machine."""

    def __init__(self, folder: Path, abstract: str) -> None:
        """Prepare a socket with a path in `folder` and one with an abstract name."""
        self._folder = folder
        self._abstract = abstract
        self._sockets: dict[socket.socket, str] = {}
        self._stop = threading.Event()
        self.received: list[str] = []
        self.port = 0
        self.udp_port = 0
        self.path = folder / "s"

    def __enter__(self) -> Self:
        """Open all sockets and listen in a thread."""
        tcp = self._open(socket.AF_INET, socket.SOCK_STREAM, "tcp")
        try:
            tcp.bind(("127.0.0.1", 8888))
        except OSError:
            tcp.bind(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        udp = self._open(socket.AF_INET, socket.SOCK_DGRAM, "udp")
        udp.bind(("127.0.0.1", 0))
        self.udp_port = udp.getsockname()[1]
        with contextlib.suppress(OSError):  # a machine without IPv6
            self._open(socket.AF_INET6, socket.SOCK_STREAM, "tcp6").bind(("::1", self.port))
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            name = "\0" + self._abstract + ("" if kind == socket.SOCK_STREAM else "d")
            self._open(socket.AF_UNIX, kind, "abstract").bind(name)
        self._bind_path(self._open(socket.AF_UNIX, socket.SOCK_STREAM, "path"))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Close all sockets."""
        self._stop.set()
        self._thread.join()
        for link in self._sockets:
            link.close()

    def _open(self, family: int, kind: int, name: str) -> socket.socket:
        link = socket.socket(family, kind)
        self._sockets[link] = name
        return link

    def _bind_path(self, link: socket.socket) -> None:
        """Bind by a path through /proc: the folder's own path may be too long for an address."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            link.bind(f"/proc/self/fd/{folder}/{self.path.name}")
        finally:
            os.close(folder)

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            for link, name in self._sockets.items():
                with contextlib.suppress(OSError):  # the one that could not be bound
                    if link.type == socket.SOCK_STREAM:
                        link.listen()
                    selector.register(link, selectors.EVENT_READ, name)
            while not self._stop.is_set():
                for key, _ in selector.select(0.2):
                    self._record(key.fileobj, key.data)

    def _record(self, link: object, name: str) -> None:
        if not isinstance(link, socket.socket):
            return
        with contextlib.suppress(OSError):
            if link.type == socket.SOCK_STREAM:
                link.accept()[0].close()
            else:
                link.recv(4096)
            self.received.append(f"received by {name}")
