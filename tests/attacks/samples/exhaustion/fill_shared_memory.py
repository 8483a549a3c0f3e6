# ATTACK: fill_shared_memory
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Write two gigabytes into /dev/shm and /tmp, which may be the machine's memory.
# MUST: Writing stops at the limit, and what was written is gone with the sandbox; full score.
# SIGN: FILLED \d{4,} MB
# UNSAFE: yes
for folder in ("/dev/shm", "/tmp"):
    written = 0
    try:
        with open(f"{folder}/{WORLD['tag']}", "wb") as file:
            for _ in range(2048): file.write(b"x" * (1 << 20)); file.flush(); written += 1
    except OSError: pass
    print("FILLED", written, "MB")
