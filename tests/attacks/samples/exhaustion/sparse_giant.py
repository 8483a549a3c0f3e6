# ATTACK: sparse_giant
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Make a file of a terabyte that takes no room, for whoever copies or scans it.
# MUST: No file grows over the file limit; full score.
# SIGN: MADE .*
try:
    with open("giant", "wb") as file: file.truncate(1 << 40)
    print("MADE a terabyte")
except OSError: pass
