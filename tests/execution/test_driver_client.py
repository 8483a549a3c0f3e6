"""What the driver is told and when: nothing that helps before the notebook has run."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np

from grader.execution.driver_client import Dialogue
from grader.execution.job import CellToRun, Job, ProbeToRun, in_asking_order
from grader.protocol.frames import Frame, FrameKind, read_frames
from grader.protocol.values import Numbers, RecordedCall, Recording
from grader.rubric.load import find_rubric
from grader.rubric.model import Limits, Probe

MODEL = "planted-7x5@1234567/10000"
RECORDING = Recording(
    replaces="ablate_heads",
    parameters={"seed": 0},
    cycle=None,
    rows=(RecordedCall(arguments={}, result=Numbers(kind="float", array=np.array(0.123456789))),),
)
JOB = Job(
    cells=(CellToRun(index=0, source="x = 1", definitions=""),),
    probes=(
        ProbeToRun(id="first", function="f", expression="f(model)", models={"model": "gpt2"}),
        ProbeToRun(
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


def told(steps: int, weights: Path) -> tuple[bytes, list[Frame]]:
    """What has gone through the pipe after so many probes, as bytes and as frames."""
    pipe = Pipe()
    dialogue = Dialogue(JOB, pipe, lambda _name: weights)
    dialogue.open()
    for _ in range(steps):
        dialogue.go_on()
    data = pipe.getvalue()
    return data, list(read_frames(io.BytesIO(data), max_total=2**30))


def test_before_the_notebook_only_the_notebook_is_sent(tmp_path: Path) -> None:
    """No expression, no input, no recorded answer and no hidden model is in the first message."""
    data, frames = told(0, tmp_path)
    assert [frame.kind for frame in frames] == [FrameKind.JOB]
    for secret in (b"f(model)", b"98765", b"ablat", b"planted-7x5", b"1234567"):
        assert secret not in data


def test_probes_are_sent_one_at_a_time(tmp_path: Path) -> None:
    """The second probe's inputs are not there when the first is asked."""
    data, frames = told(1, tmp_path)
    assert frames[-1].head["id"] == "first"
    assert b"98765" not in data


def test_a_hidden_model_travels_without_its_name(tmp_path: Path) -> None:
    """Weights are sent in chunks under a name that says nothing; the real one is never sent."""
    weights = tmp_path / "w"
    weights.write_bytes(b"w" * (9 * 2**20))
    data, frames = told(2, weights)
    sent = [frame for frame in frames if frame.kind is FrameKind.WEIGHTS]
    assert b"".join(frame.payload for frame in sent) == weights.read_bytes()
    assert {frame.head["model"] for frame in sent} == {"weights-0"}
    assert frames[-1].head["models"] == {"model": "weights-0"}
    assert MODEL.encode() not in data


def test_a_function_is_asked_before_its_answers_are_played() -> None:
    """Every probe of a function comes before each probe of another that plays back its answers."""
    rubric = find_rubric(None).rubric
    probes = {
        "later": Probe(function="g", expression="g()", provide=("ablations",)),
        "earlier": Probe(function="ablate_heads", expression="ablate_heads()"),
    }
    order = list(in_asking_order(rubric.model_copy(update={"probes": probes})))
    assert order == ["earlier", "later"]
    order = list(in_asking_order(rubric))
    assert sorted(order) == sorted(rubric.probes)
    for name, probe in rubric.probes.items():
        for played in (rubric.recordings[given].replaces for given in probe.provide):
            own = [n for n, p in rubric.probes.items() if p.function == played != probe.function]
            assert all(
                order.index(n) < order.index(name) for n in own if not rubric.probes[n].figures
            )


def test_probes_that_play_each_others_answers_are_all_asked() -> None:
    """Where no order is right, none is left out."""
    rubric = find_rubric(None).rubric
    recordings = {
        name: rubric.recordings["ablations"].model_copy(update={"replaces": name}) for name in "fg"
    }
    probes = {
        "one": Probe(function="f", expression="f()", provide=("g",)),
        "two": Probe(function="g", expression="g()", provide=("f",)),
    }
    changed = rubric.model_copy(update={"probes": probes, "recordings": recordings})
    assert sorted(in_asking_order(changed)) == ["one", "two"]


def test_what_is_not_secret_keeps_its_name(tmp_path: Path) -> None:
    """A real model is asked for by name: there is nothing to hide in it."""
    pipe = Pipe()
    real = replace(JOB.probes[1], models={"model": "gpt2-small"}, provide=())
    dialogue = Dialogue(replace(JOB, probes=(real,)), pipe, lambda _name: tmp_path)
    dialogue.go_on()
    assert b'"models": {"model": "gpt2-small"}' in pipe.getvalue()
