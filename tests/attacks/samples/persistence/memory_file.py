# ATTACK: memory_file
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Run a program from memory that is no file in any folder, and keep it running.
# MUST: It runs under the kernel's rules, and ends with it.
# SIGN: none
import os, subprocess
handle = os.memfd_create("attacked", 0)
os.write(handle, b"#!/bin/sh\nsleep 40\n")
try: subprocess.Popen([f"/proc/self/fd/{handle}"], pass_fds=[handle], start_new_session=True)
except OSError: pass
