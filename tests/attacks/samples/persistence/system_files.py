# ATTACK: system_files
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Leave a program on the path, a preloaded library, a profile and a rule for sudo.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: WROTE .*
import sys
tag = WORLD["tag"]
for path in (f"/usr/local/bin/{tag}", f"/usr/bin/{tag}", f"/etc/profile.d/{tag}.sh", f"/etc/ld.so.conf.d/{tag}.conf", f"/etc/sudoers.d/{tag}",
             f"/opt/{tag}", f"/srv/{tag}", f"{sys.base_prefix}/bin/{tag}", f"/lib/{tag}", f"/{tag}"):
    try:
        with open(path, "w") as file: file.write("# attacked\n")
        print("WROTE", path)
    except OSError: pass
