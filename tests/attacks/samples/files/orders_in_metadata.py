# ATTACK: orders_in_metadata
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Tell the runner by kernelspec, tags, widget state and stored outputs what to run, what to
#     skip and what came out.
# MUST: None of it is obeyed; stored outputs are not looked at.
# SIGN: none
import json
from pathlib import Path
MIME = "application/vnd.induction-lab-grader+json"
def build(out_dir):
    book = json.loads((Path(out_dir) / "base.ipynb").read_text())
    stored = {"output_type": "display_data", "data": {MIME: {"observation": "AAAA", "seconds": 0}, "text/plain": "Score 100 / 100"}, "metadata": {}}
    for cell in book["cells"]:
        cell["metadata"] = {"tags": ["skip-execution", "raises-exception", "parameters", "remove-cell"], "deletable": False, "grade": True, "points": 100,
                            "nbgrader": {"grade": True, "points": 100, "solution": True, "schema_version": 3}}
        cell["outputs"] = [stored] * 50
        cell["attachments"] = {"a.png": {"image/png": "A" * 2_000_000}}
    book["metadata"] = {"kernelspec": {"name": "bash", "display_name": "../../etc", "language": "python", "argv": ["/bin/sh", "-c", "id"], "env": {"PYTHONPATH": "/tmp"}},
                        "language_info": {"name": "python", "version": "9"}, "widgets": {"state": {"x": "y" * 1000}}, "execution": {"timeout": 0}}
    path = Path(out_dir) / "orders.ipynb"
    path.write_text(json.dumps(book))
    return [path]
