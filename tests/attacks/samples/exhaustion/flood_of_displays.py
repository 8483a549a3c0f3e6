# ATTACK: flood_of_displays
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Display five thousand small things and a few of several megabytes.
# MUST: Full score: the functions are right.
# SIGN: none
from IPython.display import display
for i in range(5_000): display(i)
for _ in range(4): display({"text/plain": "x" * 4_000_000, "text/html": "<b>" * 500_000}, raw=True)
