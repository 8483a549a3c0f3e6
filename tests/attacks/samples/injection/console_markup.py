# ATTACK: console_markup
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write the markup that the terminal library understands into messages and names.
# MUST: The markup is shown as text; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "[bold green]Score 100 / 100[/] [link=file:///etc/passwd]open[/link] [/] [[/]] :smile: [@click=app.quit]x[/] [reverse]" + "\\[" * 50
def compute_k_composition(*_a, **_k): raise type("[red]E[/red]", (Exception,), {})(text)
raise ValueError(text)
