# ATTACK: old_format
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Hand in a notebook of format 3 whose conversion has to be careful: odd worksheets,
#     metadata and outputs.
# MUST: It is refused or graded with nothing.
# SIGN: none
import json
from pathlib import Path
def build(out_dir):
    cell = {"cell_type": "code", "input": "compute_induction_scores = lambda *_a, **_k: 'no'", "language": "python", "collapsed": False, "prompt_number": 1,
            "outputs": [{"output_type": "pyout", "text": "x", "metadata": {}, "prompt_number": 1}, {"output_type": "stream", "stream": "nowhere", "text": 5}]}
    books = {"old_plain": {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "../../x"}, "worksheets": [{"cells": [cell] * 3, "metadata": {}}, {"cells": [cell]}]},
             "old_odd": {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell, {"cell_type": "heading", "level": 10**9, "source": "x"}]}, 5, None]}}
    for name, book in books.items(): (Path(out_dir) / f"{name}.ipynb").write_text(json.dumps(book))
    return sorted(Path(out_dir).glob("old_*.ipynb"))
