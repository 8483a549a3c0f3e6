# ATTACK: too_much_of_it
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Hand in five thousand cells, a million empty ones, a sparse terabyte, a hundred megabytes
#     of spaces.
# MUST: Each is refused, before it takes much memory.
# SIGN: none
# REFUSED: yes
import json
from pathlib import Path
def build(out_dir):
    folder = Path(out_dir)
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
    head = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    (folder / "cells.ipynb").write_text(json.dumps({**head, "cells": [cell] * 5000}))
    (folder / "empty.ipynb").write_text('{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + "{}," * 999_999 + "{}]}")
    (folder / "spaces.ipynb").write_bytes(b" " * 100_000_000)
    with open(folder / "sparse.ipynb", "wb") as file: file.truncate(1 << 40)
    return [folder / f"{name}.ipynb" for name in ("cells", "empty", "spaces", "sparse")]
