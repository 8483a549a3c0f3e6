# ATTACK: caches_and_keys
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Put a forged answer key, model or training run into the caches the grader reads next
#     time.
# MUST: The grader's caches do not change.
# SIGN: WROTE .*
import os
tag = WORLD["tag"]
for folder in (WORLD["keys"], os.path.dirname(WORLD["keys"]), os.path.join(os.path.dirname(WORLD["keys"]), "runs")):
    for name in os.listdir(folder)[:3] if os.path.isdir(folder) and os.access(folder, os.R_OK) else []:
        try: os.close(os.open(os.path.join(folder, name), os.O_WRONLY)); print("WROTE", "could have, to", name)
        except OSError: pass
    try:
        with open(os.path.join(folder, tag + ".key"), "w") as file: file.write("attacked")
        print("WROTE", folder)
    except OSError: pass
