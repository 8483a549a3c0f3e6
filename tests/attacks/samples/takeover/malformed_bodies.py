# ATTACK: malformed_bodies
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Have the probes answered with bodies no honest packer makes: cut short, overlapping, of
#     2^63 dimensions, deep.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import json, struct
try:
    import grader.kernel.probe as probe
    header = json.dumps({"x": {"dtype": "F64", "shape": [1 << 62, 4], "data_offsets": [0, 1 << 63]}}).encode()
    bodies = [b"", b"\xff" * 64, struct.pack("<Q", 1 << 60), struct.pack("<Q", len(header)) + header, b"[" * 100_000, b"\0" * 17_000_000]
    turn = iter(bodies * 50)
    probe.pack = lambda observation: next(turn)
except Exception as error: print(type(error).__name__)
