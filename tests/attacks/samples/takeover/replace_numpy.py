# ATTACK: replace_numpy
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace what turns tensors and arrays into bytes: numpy(), detach(), np.array,
#     ascontiguousarray, base64.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import base64
import numpy as np
import torch
constant = np.full((4, 3), 0.05)
torch.Tensor.numpy = torch.Tensor.detach = lambda self, *_a, **_k: constant
np.ascontiguousarray = np.asarray = np.array = lambda *_a, **_k: constant
base64.b64encode = lambda body, *_a: b"AAAA"
