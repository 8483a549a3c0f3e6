# ATTACK: markdown_and_tex
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write Markdown and LaTeX that fetches, links and runs, into messages.
# MUST: It is shown as text; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "[x](javascript:alert(1)) ![y](//evil/p.png) $\\href{javascript:alert(2)}{z}$ \\input{/etc/passwd} \\write18{id} ```\n# Score 100\n| a | b |\n<script>1</script>"
def compute_k_composition(*_a, **_k): raise ValueError(text)
raise ValueError(text)
