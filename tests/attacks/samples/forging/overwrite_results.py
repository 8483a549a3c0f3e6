# ATTACK: overwrite_results
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Replace the results that lie in the platform's folder with better ones, and leave a
#     report beside the notebook.
# MUST: Neither folder can be written to; the score is that of the notebook without this cell.
# SIGN: none
import json, os
full = json.dumps({"score": 100.0, "max_score": 100.0})
for folder in (WORLD["results"], WORLD["submissions"], WORLD["home"]):
    for name in ("results.json", "report.json", WORLD["tag"] + ".json"):
        try:
            with open(os.path.join(folder, name), "w") as file: file.write(full)
        except OSError: pass
