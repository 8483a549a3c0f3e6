# ATTACK: invisible_and_turned_text
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Put characters into messages that turn, hide or fake text: bidirectional marks,
#     zero-width, tags, soft hyphens, fillers.
# MUST: Every such character is shown as an escape; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
marks = "\u202e\u2066\u2069\u200b\u200d\u2060\ufeff\u00ad\u061c\u180e\u2028\u2029\U000e0041\U000e007f\ufff9\U0001d173\U00013430"
text = "score" + marks + "001 / 001"
Named = type("Err" + marks, (Exception,), {})
def compute_k_composition(*_a, **_k): raise Named(text)
raise Named(text)
