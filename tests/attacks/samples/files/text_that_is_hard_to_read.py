# ATTACK: text_that_is_hard_to_read
# KIND: maker
# BASE: correct
# NEEDS: any
# TRIES: Put lone surrogates, zeros, form feeds, byte order marks, odd line ends and deep nesting
#     into sources and metadata.
# MUST: Cells that Python can read are run; the others are errors of their own; full score.
# SIGN: none
import json
from pathlib import Path
def build(out_dir):
    book = json.loads((Path(out_dir) / "base.ipynb").read_text())
    def code(source): return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    deep = "x"
    for _ in range(800): deep = {"a": deep}
    odd = ["x = '\ud800'", "y = 1\x00", "\ufeffz = 1", "a = 1\rb = 2\x0c\r\n", ["c = ", "1", 5, None], "#" * 3_000_000, "(" * 5_000 + ")" * 5_000,
           "d = " + "-" * 20_000 + "1", "e = " + "9" * 5_000, "%%bash\nexit 0", "%%html\n<script>", "!true", "f = 1 ?", "\t\tg = 1", "h = '''", "# -*- coding: utf-7 -*-"]
    book["cells"] += [code(source) for source in odd]
    book["metadata"]["deep"] = deep
    path = Path(out_dir) / "odd.ipynb"
    path.write_text(json.dumps(book))
    return [path]
