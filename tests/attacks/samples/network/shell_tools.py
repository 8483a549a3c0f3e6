# ATTACK: shell_tools
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Have other programs connect: the shell's /dev/tcp, another Python, curl and wget.
# MUST: Children are bound by the same rules as the kernel.
# SIGN: none
import subprocess, sys
port = WORLD["port"]
code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2).sendall(b'attacked')"
for command in (["bash", "-c", f"echo attacked > /dev/tcp/127.0.0.1/{port}"], [sys.executable, "-S", "-c", code],
                ["curl", "-s", "-m", "2", f"http://127.0.0.1:{port}/attacked"], ["wget", "-q", "-T", "2", "-O-", f"http://127.0.0.1:{port}/"]):
    try: subprocess.run(command, timeout=5, capture_output=True)
    except (OSError, subprocess.SubprocessError): pass
