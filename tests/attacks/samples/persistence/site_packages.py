# ATTACK: site_packages
# KIND: cell
# BASE: wrong
# NEEDS: isolated
# TRIES: Put a .pth, a module and a changed bytecode file where the grader's own Python would load
#     them.
# MUST: No directory of the interpreter or its packages can be written to.
# SIGN: WROTE .*
import os, site, sys, sysconfig
tag, paths = WORLD["tag"], sysconfig.get_paths()
folders = {paths["purelib"], paths["platlib"], paths["stdlib"], paths["scripts"], sys.prefix, *site.getsitepackages(),
           os.path.join(paths["stdlib"], "__pycache__"), os.path.join(paths["purelib"], "numpy", "__pycache__")}
for folder in folders:
    for name in (f"{tag}.pth", f"{tag}.py", f"{tag}.cpython-311.pyc"):
        try:
            with open(os.path.join(folder, name), "w") as file: file.write("# attacked\n")
            print("WROTE", os.path.join(folder, name))
        except OSError: pass
