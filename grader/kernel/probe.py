"""Evaluates one probe in the kernel: binds its names, evaluates its expression, encodes the value.

Nothing here judges the value.
"""

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
from grader.kernel.model_store import ModelStore
from grader.kernel.recorded_function import RecordedFunction
from grader.kernel.side_effects import SideEffectSnapshot
from grader.kernel.startup import Kernel, publish, reset_global_state
from grader.protocol.encoding import pack, unpack
from grader.protocol.json_fields import UnreadableError
from grader.protocol.values import Failure, Observation, RecordedCall, Recording, Value

_MISSING = object()


def evaluate_request(request: str) -> None:
    """Evaluate a probe in the student's namespace and publish its observation.

    Args:
        request: The probe as base64-encoded JSON, written by the driver.
    """
    _evaluate_and_publish(base64.b64decode(request))


def evaluate_file(name: str, digest: str) -> None:
    """Evaluate a probe whose request is too long for a cell and was written to a file.

    Args:
        name: Path of the file, which is deleted.
        digest: SHA-256 of its contents; a file that was changed is ignored.
    """
    file = Path(name)
    request = file.read_bytes()
    file.unlink()
    if hashlib.sha256(request).hexdigest() == digest:
        _evaluate_and_publish(request)


def _evaluate_and_publish(request: bytes) -> None:
    probe = json.loads(request)
    shell = get_ipython()
    namespace: dict[str, Any] = shell.user_ns if shell is not None else {}
    Kernel.model_store.trim_memory()
    start = perf_counter()
    observation = _evaluate_decoded(probe, namespace)
    seconds = perf_counter() - start
    try:
        body = pack(observation)
    except UnreadableError as error:
        body = pack(Failure(kind="unreadable", message=str(error)))
    publish({"observation": base64.b64encode(body).decode(), "seconds": seconds})


def _evaluate_decoded(probe: Mapping[str, Any], namespace: dict[str, Any]) -> Observation:
    try:
        recordings = [_decode_recording(recorded) for recorded in probe["provide"]]
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
    return evaluate(probe, recordings, namespace, Kernel.model_store)


def evaluate(
    probe: Mapping[str, Any],
    recordings: Iterable[Recording],
    namespace: dict[str, Any],
    store: ModelStore,
) -> Observation:
    """Evaluate one probe; whatever student code does becomes an observation.

    Args:
        probe: The probe's header, as in the job.
        recordings: Recorded calls that replace functions of the student.
        namespace: The student's namespace; restored afterwards, except for changes that their
            own code makes.
        store: Source of the models.
    """
    if probe["function"] not in namespace and probe["function"] not in probe["bind"]:
        return Failure(kind="missing")
    try:
        with _probe_namespace(probe, recordings, namespace, store) as inputs:
            # The rubric's own expression: it names student functions and contains no student text.
            code = compile(probe["expression"], f"<probe {probe['id']}>", "eval")
            snapshot = SideEffectSnapshot(inputs, store) if probe["side_effects"] else None
            value = eval(code, namespace)  # noqa: S307 (the rubric's own, see above)
            return encode(value if snapshot is None else snapshot.diff())
    except UnreadableError as error:
        return Failure(kind="unreadable", message=str(error))
    except NotImplementedError as error:
        return Failure(kind="not_attempted", message=_message(error))
    except BaseException as error:  # noqa: BLE001 (reported, as Python itself would)
        name = type(error).__name__
        message = _message(error) + _failing_line(error, probe["function"])
        return Failure(kind="raised", ename=name, message=message)


@contextmanager
def _probe_namespace(
    probe: Mapping[str, Any],
    recordings: Iterable[Recording],
    namespace: dict[str, Any],
    store: ModelStore,
) -> Iterator[list[Any]]:
    """Reset global state and bind the probe's names, then restore the namespace.

    Yields:
        The models and tensors that the probe passes to student code.
    """
    reset_global_state(probe["seed"])
    used = _used_names(probe["expression"])
    names: dict[str, Any] = {
        local: store.for_probe(name, restore=local in used)
        for local, name in probe["models"].items()
    }
    names |= {
        local: torch.tensor(rows, dtype=torch.int64, device=store.device)
        for local, rows in probe["tensors"].items()
    }
    inputs = list(names.values())
    names |= probe["constants"]
    names |= {
        # Only probes of the reference have bindings; a student's probe never does.
        target: eval(source, namespace)  # noqa: S307 (the rubric's own expression)
        for target, source in probe["bind"].items()
    }
    for recording in recordings:
        original = names.get(recording.replaces, namespace.get(recording.replaces))
        names[recording.replaces] = RecordedFunction(recording, original, store.device)
    before = {name: namespace.get(name, _MISSING) for name in names}
    namespace.update(names)
    try:
        yield inputs
    finally:
        for name, value in before.items():
            if value is _MISSING:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def _used_names(expression: str) -> set[str]:
    tree = ast.parse(expression, mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _decode_recording(recorded: Mapping[str, Any]) -> Recording:
    rows = [
        RecordedCall(
            arguments={k: _decode_value(v) for k, v in row["arguments"].items()},
            result=_decode_value(row["result"]),
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


def _decode_value(encoded: str) -> Value:
    observation = unpack(base64.b64decode(encoded))
    if isinstance(observation, Failure):
        raise UnreadableError("a recorded call holds no value")
    return observation


def _message(error: BaseException) -> str:
    """Return the exception's first argument if it is a plain str, calling none of its methods."""
    args = cast("Any", BaseException).args.__get__(error)
    return args[0] if args and type(args[0]) is str else ""


def _failing_line(error: BaseException, function: str) -> str:
    """Name the line of the student's function that raised the error."""
    trace = cast("Any", BaseException).__traceback__.__get__(error)
    line = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == function:
            line = f" (line {trace.tb_lineno - code.co_firstlineno + 1} of {function})"
        trace = trace.tb_next
    return line
