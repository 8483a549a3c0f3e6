# ATTACK: fill_the_home
# KIND: cell
# BASE: correct
# NEEDS: isolated
# TRIES: Write two gigabytes into the working directory and leave them there.
# MUST: Writing stops at the limit of the home; the machine's disk does not fill; full score.
# SIGN: FILLED \d{4,} MB
# UNSAFE: yes
written = 0
try:
    for i in range(32):
        with open(f"filler{i}", "wb") as file:
            for _ in range(64): file.write(b"x" * (1 << 20)); file.flush(); written += 1
except OSError: pass
print("FILLED", written, "MB")
