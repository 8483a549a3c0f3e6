"""A hijacked driver can send anything: the grader's memory and messages stay small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOODS = {
    "nothing but zeros": "while True: out.write(bytes(2**20))",
    "noise": "import os\nwhile True: out.write(os.urandom(2**20))",
    "lengths that lie": "out.write(struct.pack('<BIQ', 6, 2**31, 2**63))",
    "frames without an end": "while True: frame(4, {'cell': 1, 'status': 'x' * 60000})",
    "tiny frames": "while True: out.write(struct.pack('<BIQ', 7, 2, 0) * 1 + b'{}')",
    "values as large as they may be": """
array = np.zeros(2**20, dtype=np.float64)
body = pack(Numbers(kind="ndarray", array=array))
frame(3, {"python": "3"})
frame(9, {})
while True:
    frame(5, {"cell": 1}, body); frame(6, {"probe": "p"}, body)
""",
    "deep heads": "while True: raw(3, b'[' * 60000)",
    "many keys": "while True: frame(3, {str(i): i for i in range(4000)})",
    "silence": "time.sleep(600)",
}
DRIVER = """
import json, struct, sys, time
import numpy as np
from grader.protocol.values import Numbers
from grader.protocol.encoding import pack
out = sys.stdout.buffer
def raw(kind, head, payload=b""):
    out.write(struct.pack("<BIQ", kind, len(head), len(payload)) + head + payload); out.flush()
def frame(kind, head, payload=b""):
    raw(kind, json.dumps(head).encode(), payload)
"""
GRADER = """
import json, sys
from grader.errors import GraderError
from grader.execution.run import run_job
from grader.sandbox.unsandboxed import Unsandboxed
from grader.execution.job import Job, ProbeSpec
from grader.rubric.sections import Limits

class Hijacked(Unsandboxed):
    def start(self, command, sandbox, *, errors):
        return super().start([sys.executable, "-c", sys.argv[1]], sandbox, errors=errors)

probe = ProbeSpec(id="p", function="f", expression="f()", models={})
job = Job(cells=(), probes=(probe,), recordings={}, limits=Limits(start=4, notebook=4),
          model="planted-2x2", device="cpu", seed=0)
try:
    message = "complete" if run_job(job, backend=Hijacked()).complete else "incomplete"
except GraderError as error:
    message = str(error)
from tests.fuzz.bombs import peak
used = peak()
print(json.dumps({"message": message, "megabytes": used}))
"""


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_the_grader_stays_small(flood: str) -> None:
    """Whatever arrives on the pipe, the grader uses under 200 MB and prints at most one line."""
    done = subprocess.run(
        [sys.executable, "-c", GRADER, DRIVER + flood],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.stderr == ""
    result = json.loads(done.stdout)
    assert result["megabytes"] < 200
    assert result["message"] == "incomplete" or "could not be made ready" in result["message"]
    assert "\n" not in result["message"]
