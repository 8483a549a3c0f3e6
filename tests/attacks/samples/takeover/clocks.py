# ATTACK: clocks
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace clocks and random numbers, so that times run backwards and seeds do nothing.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import random, time
import numpy as np
import torch
time.perf_counter = time.monotonic = time.time = lambda: -1e18
time.sleep = lambda *_a: None
torch.manual_seed = np.random.seed = random.seed = lambda *_a: None
torch.randint = lambda *_a, **_k: torch.tensor([[1000, 2000, 1000, 2000]])
import grader.kernel.probe as probe
probe.perf_counter = lambda: float("nan")
