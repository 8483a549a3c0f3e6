# ATTACK: temporary_files
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: List and read what other programs keep in the machine's temporary directories.
# MUST: Temporary directories are the sandbox's own, or cannot be listed.
# SIGN: SAW marker .*
import os
for top in ("/tmp", "/var/tmp", "/dev/shm", "/run", WORLD["outside"]):
    for folder, folders, files in os.walk(top):
        if WORLD["marker"] in files + folders: print("SAW marker in", top)
        if folder.count("/") > 5: folders.clear()
