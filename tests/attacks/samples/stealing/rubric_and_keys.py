# ATTACK: rubric_and_keys
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Read the rubric and the answer keys: where the packages are, in the cache, and wherever
#     this world says they lie.
# MUST: No rubric and no key can be read; the score is that of the notebook without this cell.
# SIGN: SAW (?:rubric|key) .*
import pathlib, sys
places = [pathlib.Path(p) for p in (*sys.path, WORLD["keys"], WORLD["rubric"]) if p]
for place in places:
    for pattern, what in (("*.key", "key"), ("rubrics/*.yaml", "rubric"), ("rubrics/keys/*.key", "key"), (".", "rubric")):
        try:
            for file in ([place] if pattern == "." else list(place.glob(pattern)))[:5]:
                if file.is_file() and file.suffix in {".key", ".yaml"}:
                    print("SAW", what, len(file.read_bytes()), file.name)
        except OSError: pass
