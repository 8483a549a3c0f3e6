"""The driver is sent nothing that could help a notebook before the notebook has run."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader.execution.driver_client import DriverClient
from grader.execution.job import CellSpec, Job, ProbeSpec, order_probes
from grader.protocol.frames import Frame, FrameKind, read_frames
from grader.protocol.values import ArrayValue, RecordedCall, Recording
from grader.rubric.load import load_rubric
from grader.rubric.sections import Limits, Probe

MODEL = "planted-7x5@1234567/10000"
RECORDING = Recording(
    replaces="ablate_heads",
    parameters={"seed": 0},
    cycle=None,
    rows=(
        RecordedCall(arguments={}, result=ArrayValue(kind="float", array=np.array(0.123456789))),
    ),
)
JOB = Job(
    cells=(CellSpec(index=0, source="x = 1", definitions=""),),
    probes=(
        ProbeSpec(id="first", function="f", expression="f(model)", models={"model": "gpt2"}),
        ProbeSpec(
            id="second",
            function="g",
            expression="g(model, tokens)",
            models={"model": MODEL},
            tensors={"tokens": [[98765]]},
            provide=("ablations",),
            secret=True,
        ),
    ),
    recordings={"ablations": RECORDING},
    limits=Limits(),
    model="planted-2x2",
    device="cpu",
    seed=0,
)


class Pipe(io.BytesIO):
    """A pipe that can be read after it is closed."""

    def close(self) -> None:
        """Stay open."""


def sent_frames(probes: int, weights: Path) -> tuple[bytes, list[Frame]]:
    """Return what went through the pipe after so many probes, as bytes and as frames."""
    pipe = Pipe()
    client = DriverClient(JOB, pipe, lambda _name: weights)
    client.send_job()
    for _ in range(probes):
        client.send_next_probe()
    data = pipe.getvalue()
    return data, list(read_frames(io.BytesIO(data), max_total=2**30))


def test_before_the_notebook_only_the_notebook_is_sent(tmp_path: Path) -> None:
    """The first message holds no expression, input, recorded answer or hidden model."""
    data, frames = sent_frames(0, tmp_path)
    assert [frame.kind for frame in frames] == [FrameKind.JOB]
    for secret in (b"f(model)", b"98765", b"ablat", b"planted-7x5", b"1234567"):
        assert secret not in data


def test_probes_are_sent_one_at_a_time(tmp_path: Path) -> None:
    """The second probe's inputs are not sent with the first probe."""
    data, frames = sent_frames(1, tmp_path)
    assert frames[-1].header["id"] == "first"
    assert b"98765" not in data


def test_a_hidden_model_travels_without_its_name(tmp_path: Path) -> None:
    """Weights are sent in chunks under a meaningless name; the real name is never sent."""
    weights = tmp_path / "w"
    weights.write_bytes(b"w" * (9 * 2**20))
    data, frames = sent_frames(2, weights)
    sent = [frame for frame in frames if frame.kind is FrameKind.WEIGHTS]
    assert b"".join(frame.payload for frame in sent) == weights.read_bytes()
    assert {frame.header["model"] for frame in sent} == {"weights-0"}
    assert frames[-1].header["models"] == {"model": "weights-0"}
    assert MODEL.encode() not in data


def test_a_function_is_tested_before_its_answers_are_replayed() -> None:
    """A function's probes come before other functions' probes that replay its answers."""
    rubric = load_rubric(None).rubric
    probes = {
        "later": Probe(function="g", expression="g()", use_recordings=("ablations",)),
        "earlier": Probe(function="ablate_heads", expression="ablate_heads()"),
    }
    order = list(order_probes(rubric.model_copy(update={"probes": probes})))
    assert order == ["earlier", "later"]
    order = list(order_probes(rubric))
    assert sorted(order) == sorted(rubric.probes)
    for name, probe in rubric.probes.items():
        for replayed in (rubric.recordings[name].function for name in probe.use_recordings):
            tests = [
                n for n, p in rubric.probes.items() if p.function == replayed != probe.function
            ]
            assert all(
                order.index(n) < order.index(name) for n in tests if not rubric.probes[n].figures
            )


def test_probes_that_replay_each_others_answers_are_all_sent() -> None:
    """If no order satisfies all probes, none of them is dropped."""
    rubric = load_rubric(None).rubric
    recordings = {
        name: rubric.recordings["ablations"].model_copy(update={"function": name}) for name in "fg"
    }
    probes = {
        "one": Probe(function="f", expression="f()", use_recordings=("g",)),
        "two": Probe(function="g", expression="g()", use_recordings=("f",)),
    }
    changed = rubric.model_copy(update={"probes": probes, "recordings": recordings})
    assert sorted(order_probes(changed)) == ["one", "two"]


def test_what_is_not_secret_keeps_its_name(tmp_path: Path) -> None:
    """A real model is requested by its name, which reveals nothing."""
    pipe = Pipe()
    real = replace(JOB.probes[1], models={"model": "gpt2-small"}, provide=())
    client = DriverClient(replace(JOB, probes=(real,)), pipe, lambda _name: tmp_path)
    client.send_next_probe()
    assert b'"models": {"model": "gpt2-small"}' in pipe.getvalue()
