# ATTACK: formulas
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Begin messages with what a spreadsheet would calculate, half- and full-width.
# MUST: It is shown as text; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "=HYPERLINK(\"http://evil\")"
def compute_k_composition(*_a, **_k): raise ValueError("\uff1d1+1;@SUM(1)\t=1\r\n-1\n+1\",\"100")
raise ValueError(text)
