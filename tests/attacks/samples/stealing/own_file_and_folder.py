# ATTACK: own_file_and_folder
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Read the notebook as it was handed in, what lies beside it and the folders above.
# MUST: The kernel's working directory is not the submission's, and nothing of it can be listed.
# SIGN: SAW .*
import os
path = WORLD["submissions"]
while path != "/":
    try:
        found = os.listdir(path)
        if WORLD["marker"] in found or path == WORLD["submissions"]: print("SAW", len(found), "in", path)
    except OSError: pass
    path = os.path.dirname(path)
try: print("SAW", len(open(WORLD["notebook"]).read()), "of the notebook")
except OSError: pass
