# ATTACK: terminal_control
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Put terminal sequences of all kinds into error messages: CSI, OSC 8 and 52, DCS, C1
#     bytes, carriage returns, backspaces.
# MUST: No control character reaches terminal, page or JSON; only the function that raises loses
#     points.
# SIGN: none
# LOSES: compute_k_composition
text = "\x1b[2J\x1b[1;1H\x1b[32mScore 100 / 100\x1b]8;;file:///etc/passwd\x1b\\here\x1b]8;;\x1b\\\x1b]52;c;YQ==\x07" \
    "\x9b31m\x90q\x9c\x9d0;t\x9c\r100\x08\x08\x7f\x00\x0e\x0f\x1bc\x1b[?1049h"
Named = type("E\x1b[2K\r" + "\x9b", (Exception,), {})
def compute_k_composition(*_a, **_k): raise Named(text)
raise Named(text)
