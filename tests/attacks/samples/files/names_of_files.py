# ATTACK: names_of_files
# KIND: maker
# BASE: correct
# NEEDS: any
# TRIES: Give the notebook a name of control, bidirectional and markup characters, options,
#     formulas and bytes that are no text.
# MUST: Each is graded as what it holds; the name is shown escaped.
# SIGN: none
import os
from pathlib import Path
def build(out_dir):
    data = (Path(out_dir) / "base.ipynb").read_bytes()
    made = []
    for name in ("-rf\n\x1b[2J\u202e=cmd()<script>alert(1)<|script>.ipynb", "\udcff\udcfe%s{0}$(id)`id`;&|.ipynb"):
        path = Path(out_dir) / name
        path.write_bytes(data)
        made.append(path)
    return made
