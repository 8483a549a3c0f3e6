# ATTACK: neighbours_and_results
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Read the neighbour's notebook, earlier results and a private file, directly, by links and
#     through /proc.
# MUST: None of them can be read by any name.
# SIGN: SAW .*
import os
for name in ("neighbour", "secret", "results_file"):
    path = WORLD[name]
    ways = [path, "/proc/self/root" + path, "/proc/1/root" + path, f"/proc/{os.getppid()}/root" + path]
    for how in (os.link, os.symlink):
        try: how(path, f"{how.__name__}-{name}"); ways.append(f"{how.__name__}-{name}")
        except OSError: pass
    for way in ways:
        try: print("SAW", name, len(open(way, "rb").read()), "by", way.split("/")[1:3])
        except OSError: pass
for folder in ("submissions", "results", "home"):
    try: print("SAW", folder, len(os.listdir(WORLD[folder])), "files")
    except OSError: pass
