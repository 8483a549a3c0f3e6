# ATTACK: code_that_is_slow_to_read
# KIND: maker
# BASE: correct
# NEEDS: any
# TRIES: Write cells that are quick to hand in and slow or deep to parse, for whoever reads code
#     before running it.
# MUST: Reading them takes seconds at most and never recurses to death; full score.
# SIGN: none
import json
from pathlib import Path
def build(out_dir):
    book = json.loads((Path(out_dir) / "base.ipynb").read_text())
    slow = ["x = " + "+".join(["1"] * 60_000), "y = " + "[" * 150 + "]" * 150, "z = " + "(lambda: " * 150 + "0" + ")" * 150, "x = 1;" * 20_000,
            "\n".join("%" + "a" * 500 for _ in range(2_000)), "!" + " \\\n" * 5_000 + "pip", " " * 200_000 + "?", "a = '" + "\\\n" * 20_000 + "'",
            "f'" + "{f'" * 60 + "'}" * 60 + "'", "a" + ".a" * 20_000, "(" * 90 + "yield" + ")" * 90, "a" + "[0]" * 3_000]
    book["cells"] += [{"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None} for s in slow]
    path = Path(out_dir) / "slow.ipynb"
    path.write_text(json.dumps(book))
    return [path]
