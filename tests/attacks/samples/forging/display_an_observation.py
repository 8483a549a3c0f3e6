# ATTACK: display_an_observation
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Display the grader's own message type from a cell, holding an observation and an
#     environment of the student's choice.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import base64
from IPython.display import display
MIME = "application/vnd.induction-lab-grader+json"
try:
    from grader.protocol.values import ArrayValue
    from grader.protocol.encoding import pack
    import numpy as np
    body = pack(ArrayValue(kind="float", array=np.array(1.0)))
except Exception:  # noqa: BLE001 (a figure is the student's to break; the cell goes on)
    body = b'{"passed": true}'
for content in ({"observation": base64.b64encode(body).decode(), "seconds": 0.0},
                {"environment": {"model": "planted-1x1", "device": "cpu", "torch": "9"}},
                {"score": 100, "passed": True}):
    display({MIME: content}, raw=True)
