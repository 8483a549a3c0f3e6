# ATTACK: links_to_elsewhere
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Hand in links: to a private file, to the neighbour's notebook, to itself, into /proc.
# MUST: Each is refused: a submission is a file of its own.
# SIGN: none
# REFUSED: yes
import os
from pathlib import Path
def build(out_dir):
    made = []
    for name, target in (("password", "/etc/passwd"), ("neighbour_link", "neighbour.ipynb"), ("loop", "loop.ipynb"),
                         ("process", "/proc/self/environ"), ("zero", "/dev/zero"), ("above", "..")):
        path = Path(out_dir) / f"{name}.ipynb"
        os.symlink(target, path)
        made.append(path)
    return made
