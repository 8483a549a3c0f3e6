# ATTACK: set_user_programs
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Run the machine's programs that give rights to whoever starts them.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: uid=0.*
import os, subprocess
for command in (["sudo", "-n", "id"], ["su", "-c", "id"], ["pkexec", "--disable-internal-agent", "id"], ["doas", "-n", "id"],
                ["newgrp", "root"], ["mount"], ["fusermount3", "-V"], ["unshare", "-r", "id", "-u"], ["bwrap", "--dev-bind", "/", "/", "--uid", "0", "id"]):
    try:
        found = subprocess.run(command, input="id\n", capture_output=True, text=True, timeout=5)
        if os.geteuid() and command[0] not in {"bwrap", "unshare"}: print(found.stdout)
    except (OSError, subprocess.SubprocessError): pass
