# ATTACK: open_files
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Open files until no descriptor is left, and keep most of them.
# MUST: Full score: the functions are right.
# SIGN: none
kept = []
try:
    while len(kept) < 20_000: kept.append(open("/dev/null"))
except OSError: pass
del kept[max(0, len(kept) - 60):]
kept = kept if len(kept) < 1000 else []
