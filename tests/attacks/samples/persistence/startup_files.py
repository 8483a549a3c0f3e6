# ATTACK: startup_files
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Add to the start-up files of shell, Python and Jupyter in the tester's home, and to every
#     home there is.
# MUST: No home but the kernel's own changes.
# SIGN: none
import os, pwd
homes = {WORLD["home"], os.path.expanduser("~"), *(p.pw_dir for p in pwd.getpwall() if p.pw_uid in (0, os.getuid()))}
tag = WORLD["tag"]
for home in homes:
    for name in (f".{tag}", f".config/{tag}", f".ipython/profile_default/startup/{tag}.py", f".local/bin/{tag}",
                 f".local/share/jupyter/kernels/{tag}/kernel.json", f".jupyter/{tag}.py", f".ssh/{tag}"):
        try:
            os.makedirs(os.path.dirname(os.path.join(home, name)), exist_ok=True)
            with open(os.path.join(home, name), "w") as file: file.write("# attacked\n")
        except OSError: pass
try:
    with open(os.path.join(WORLD["home"], ".bashrc"), "a") as file: file.write("# attacked\n")
except OSError: pass
