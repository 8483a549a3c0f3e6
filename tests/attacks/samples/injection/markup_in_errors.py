# ATTACK: markup_in_errors
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Raise from a function, and from the cell, errors whose names and messages are HTML,
#     scripts and ends of sections.
# MUST: The page shows the text escaped; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "</pre></script></style>--><!--]]><script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>" \
    "<a href=javascript:alert(4)>x</a><iframe srcdoc='&lt;script&gt;'></iframe><base href=//evil><meta http-equiv=refresh content=0>'\"&quot;"
Named = type(text, (Exception,), {})
def compute_k_composition(*_a, **_k): raise Named(text)
raise Named(text)
