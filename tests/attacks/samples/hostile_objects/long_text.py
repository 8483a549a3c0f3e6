# ATTACK: long_text
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return text of fifty megabytes, with surrogates and zeros, and tables of thousands of
#     entries.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
def compute_induction_scores(*_a, **_k): return "x" * 50_000_000
def compute_prev_token_scores(*_a, **_k): return "\ud800\x00\x1b[2J" * 1000
def compute_k_composition(*_a, **_k): return {str(i): "y" * 10_000 for i in range(64)}
def measure_induction_loss(*_a, **_k): return [{"\ud800": {"\x00": ["\uffff"] * 60}}] * 60
def ablate_heads(*_a, **_k): return [["z" * 1_000_000] * 60] * 60
