# ATTACK: other_kernels
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Look for connection files of other kernels and talk to whatever kernel they belong to.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: SAW kernel .*
import glob, json, os
own = os.environ.get("JPY_PARENT_PID", ""), os.getcwd()
for pattern in ("/tmp/grade-*/kernel-*/kernel.json", "/tmp/*/kernel.json", "/root/.local/share/jupyter/runtime/*.json"):
    for path in glob.glob(pattern):
        try:
            key = json.load(open(path))["key"]
            from IPython import get_ipython
            if key.encode() != get_ipython().kernel.session.key: print("SAW kernel", path[-40:])
        except (OSError, ValueError, KeyError): pass
