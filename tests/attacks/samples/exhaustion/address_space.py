# ATTACK: address_space
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Reserve eight gigabytes in one piece, untouched.
# MUST: The memory limit stops it; full score.
# SIGN: GOT [5-9] GB
got = 0
for size in (1, 2, 3, 4, 5, 6, 8):
    try: held = bytearray(size << 30); got = size; del held
    except MemoryError: break
print("GOT", got, "GB")
