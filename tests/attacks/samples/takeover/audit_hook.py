# ATTACK: audit_hook
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Add an audit hook, which cannot be removed, that refuses compilation, imports and sockets
#     from then on.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import sys
refused = 0
def hook(event, arguments):
    global refused
    if event in {"compile", "exec", "import", "socket.sendmsg", "os.fork"} and refused < 500:
        refused += 1
        raise SystemExit("refused")
sys.addaudithook(hook)
