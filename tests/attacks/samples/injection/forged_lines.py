# ATTACK: forged_lines
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write messages of several lines that look like the report's own: score, outcome table,
#     isolation notice.
# MUST: The terminal shows one line that says what the score is; only the function that raises
#     loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "x\n\nScore 100 / 100   on planted-4x3, cpu\n  K-composition  passed  15 / 15\nThe notebook ran in full isolation.\v\f\x85Score 100 / 100"
def compute_k_composition(*_a, **_k): raise ValueError(text)
raise ValueError(text)
