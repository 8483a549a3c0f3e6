# ATTACK: broken_structure
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Hand in JSON that is almost a notebook: cells, sources, types and metadata of the wrong
#     kind, cycles of formats.
# MUST: Each is refused or graded with nothing; none gives a traceback.
# SIGN: none
# REFUSED: yes
import json
from pathlib import Path
BROKEN = {
    "cells_null": {"cells": None}, "cells_dict": {"cells": {"0": {}}}, "cells_text": {"cells": "code"}, "cells_mixed": {"cells": [1, None, [], "x", {"cell_type": "code", "source": 5}]},
    "sources": {"cells": [{"cell_type": "code", "source": s} for s in (None, 5, {"a": 1}, [None, 5], [["x = 1"]], True)]},
    "kinds": {"cells": [{"cell_type": k, "source": "x = 1"} for k in (None, 5, ["code"], {"code": 1}, "CODE")]},
    "format_3": {"nbformat": 3, "worksheets": [{"cells": None}]}, "format_none": {"nbformat": 0, "worksheets": 5}, "format_text": {"nbformat": "x", "cells": []},
    "format_huge": {"nbformat": 10**30, "cells": []}, "format_2": {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": 5}]}]}, "number": 1e999,
}
def build(out_dir):
    for name, content in BROKEN.items(): (Path(out_dir) / f"broken_{name}.ipynb").write_text(json.dumps(content))
    return sorted(Path(out_dir).glob("broken_*.ipynb"))
