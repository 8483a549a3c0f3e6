# ATTACK: rename_results
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Move the results folder aside, put a link in its place, and truncate, unlink or exchange
#     single files.
# MUST: Nothing outside the kernel's own directory changes.
# SIGN: none
import os
results = WORLD["results"]
file = os.path.join(results, "results.json")
for act in (lambda: os.truncate(file, 0), lambda: os.unlink(file), lambda: os.rename(results, results + ".old"),
            lambda: os.symlink("/tmp", results), lambda: os.mkdir(os.path.join(results, WORLD["tag"])),
            lambda: os.link(WORLD["secret"], os.path.join(WORLD["submissions"], WORLD["tag"]))):
    try: act()
    except OSError: pass
