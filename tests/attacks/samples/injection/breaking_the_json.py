# ATTACK: breaking_the_json
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write messages that break out of JSON and of lines: quotes, surrogates, zeros,
#     separators, values that are no numbers.
# MUST: The JSON parses, has one score, and no surrogates; only the function that raises loses
#     points.
# SIGN: none
# LOSES: compute_k_composition
text = '"}], "score": 100, "criteria": [{"x": "\ud800\udc00\udfff\x00\u2028' + "\\u0022" * 20 + "\uffff\U0010ffff"
def compute_k_composition(*_a, **_k): raise ValueError(text)
class Odd(Exception):
    def __str__(self): return text
raise Odd(text)
