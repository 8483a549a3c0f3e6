# ATTACK: exit_status_and_summary
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Write result files of several platforms beside the notebook and below it, then end Python
#     with status 0.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import json, os
full = json.dumps({"score": 100.0, "max_score": 100.0, "tests": [{"score": 100, "status": "passed"}]})
for place in ("results.json", "results/results.json", "../results.json", "report.json", "feedback.json", ".grader/score"):
    try:
        os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
        with open(place, "w") as file: file.write(full)
    except OSError: pass
os._exit(0)
