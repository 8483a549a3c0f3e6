# ATTACK: replace_encoder
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the functions that encode and pack values, each with one that gives a likely
#     value of the right shape.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import numpy as np
try:
    import grader.kernel.probe as probe
    from grader.protocol.values import ArrayValue, SequenceValue
    def likely(thing, depth=0):
        return SequenceValue(kind="tuple", items=(ArrayValue(kind="float", array=np.array(9.2)), ArrayValue(kind="float", array=np.array(0.0))))
    probe.encode = likely
    pack = probe.pack
    probe.pack = lambda observation: pack(likely(None))
except Exception as error: print(type(error).__name__)
