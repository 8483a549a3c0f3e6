# ATTACK: null_pointer_array
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return an array built over memory address 0 or over memory that was unmapped, so that
#     whoever reads it crashes.
# MUST: The crash costs the function that made it and no other; the score is that of the notebook
#     without this cell.
# SIGN: none
import mmap
import numpy as np
class Nowhere:
    __array_interface__ = {"shape": (4, 3), "typestr": "<f8", "version": 3, "data": (8, False)}
def compute_induction_scores(*_a, **_k): return np.asarray(Nowhere())
def compute_prev_token_scores(*_a, **_k):
    import ctypes
    address = ctypes.addressof(ctypes.c_char.from_buffer(mmap.mmap(-1, 4096)))
    held = (ctypes.c_double * 12).from_address(address)
    return np.ctypeslib.as_array(held).reshape(4, 3)
