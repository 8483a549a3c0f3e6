"""One probe in the kernel: the world it asks for, the expression, the value. Never a verdict."""

import ast
import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import torch
from IPython.core.getipython import get_ipython

from grader.kernel.encode import encode
from grader.kernel.model_store import Shelf
from grader.kernel.recorded_function import StandIn
from grader.kernel.side_effects import Before
from grader.kernel.startup import Kernel, calm, publish
from grader.protocol.encoding import UnreadableError, pack, unpack
from grader.protocol.values import Failure, Observation, RecordedCall, Recording, Value

_ABSENT = object()


def answer(request: str) -> None:
    """Evaluate a probe in the student's namespace and publish what came of it.

    Args:
        request: The probe as base64 of JSON, written by the driver.
    """
    _answer(base64.b64decode(request))


def fetch(name: str, digest: str) -> None:
    """The same where the request is too long for a cell.

    Args:
        name: The file that it is in; gone afterwards.
        digest: What it must be: whoever changes it is not asked.
    """
    file = Path(name)
    request = file.read_bytes()
    file.unlink()
    if hashlib.sha256(request).hexdigest() == digest:
        _answer(request)


def _answer(request: bytes) -> None:
    probe = json.loads(request)
    shell = get_ipython()
    namespace: dict[str, Any] = shell.user_ns if shell is not None else {}
    Kernel.shelf.tidy()
    start = perf_counter()
    observation = _observed(probe, namespace)
    seconds = perf_counter() - start
    try:
        body = pack(observation)
    except UnreadableError as error:
        body = pack(Failure(kind="unreadable", message=str(error)))
    publish({"observation": base64.b64encode(body).decode(), "seconds": seconds})


def _observed(probe: Mapping[str, Any], namespace: dict[str, Any]) -> Observation:
    try:
        recordings = [_recording(recorded) for recorded in probe["provide"]]
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
    return observe(probe, recordings, namespace, Kernel.shelf)


def observe(
    probe: Mapping[str, Any],
    recordings: Iterable[Recording],
    namespace: dict[str, Any],
    shelf: Shelf,
) -> Observation:
    """Evaluate one probe; whatever student code does becomes an observation.

    Args:
        probe: As the job has it.
        recordings: What stands in for the student's own functions.
        namespace: The student's; as it was when this returns, but for what their code does.
        shelf: Where the models come from.
    """
    if probe["function"] not in namespace and probe["function"] not in probe["bind"]:
        return Failure(kind="missing")
    try:
        with _world(probe, recordings, namespace, shelf) as given:
            # The rubric's own expression: it names student functions and holds no student text.
            code = compile(probe["expression"], f"<probe {probe['id']}>", "eval")
            before = Before(given, shelf) if probe["side_effects"] else None
            value = eval(code, namespace)  # noqa: S307 (the rubric's own, see above)
            return encode(value if before is None else before.left_behind())
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
    except NotImplementedError as error:
        return Failure(kind="not_attempted", message=_message(error))
    except BaseException as error:  # noqa: BLE001 (said, as Python itself would say it)
        name = type(error).__name__
        return Failure(
            kind="raised", ename=name, message=_message(error) + _line(error, probe["function"])
        )


@contextmanager
def _world(
    probe: Mapping[str, Any],
    recordings: Iterable[Recording],
    namespace: dict[str, Any],
    shelf: Shelf,
) -> Iterator[list[Any]]:
    """Bind the probe's names for its duration, on a calm machine with pristine models.

    Yields:
        The models and tensors it hands out.
    """
    calm(probe["seed"])
    named = _names_in(probe["expression"])
    names: dict[str, Any] = {
        local: shelf.asked_for(name, named=local in named)
        for local, name in probe["models"].items()
    }
    names |= {
        local: torch.tensor(rows, dtype=torch.int64, device=shelf.device)
        for local, rows in probe["tensors"].items()
    }
    given = list(names.values())
    names |= probe["constants"]
    names |= {
        # Only the reference is asked with bindings; no student's probe has any.
        target: eval(source, namespace)  # noqa: S307 (the rubric's own expression)
        for target, source in probe["bind"].items()
    }
    for recording in recordings:
        own = names.get(recording.replaces, namespace.get(recording.replaces))
        names[recording.replaces] = StandIn(recording, own, shelf.device)
    before = {name: namespace.get(name, _ABSENT) for name in names}
    namespace.update(names)
    try:
        yield given
    finally:
        for name, value in before.items():
            if value is _ABSENT:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def _names_in(expression: str) -> set[str]:
    tree = ast.parse(expression, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _recording(recorded: Mapping[str, Any]) -> Recording:
    rows = [
        RecordedCall(
            arguments={k: _value(v) for k, v in row["arguments"].items()},
            result=_value(row["result"]),
        )
        for row in recorded["rows"]
    ]
    return Recording(
        replaces=recorded["replaces"],
        parameters=recorded["parameters"],
        cycle=recorded["cycle"],
        batch=recorded["batch"],
        rows=tuple(rows),
    )


def _value(encoded: str) -> Value:
    observation = unpack(base64.b64decode(encoded))
    if isinstance(observation, Failure):
        raise UnreadableError("a recorded call holds no value")
    return observation


def _message(error: BaseException) -> str:
    """The exception's first argument when it is plain text; its own methods are never called."""
    args = cast("Any", BaseException).args.__get__(error)
    return args[0] if args and type(args[0]) is str else ""


def _line(error: BaseException, function: str) -> str:
    """Where in the student's function it was raised."""
    trace = cast("Any", BaseException).__traceback__.__get__(error)
    line = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == function:
            line = f" (line {trace.tb_lineno - code.co_firstlineno + 1} of {function})"
        trace = trace.tb_next
    return line
