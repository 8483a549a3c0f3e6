# ATTACK: timers_of_the_system
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Have the machine start something later: cron, at, systemd timers and desktop autostart.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: (?:DID|WROTE) .*
import os, subprocess
tag = WORLD["tag"]
for command, text in ((["crontab", "-l"], ""), (["at", "now + 1 minute"], "true\n"), (["batch"], "true\n"),
                      (["systemd-run", "--user", "--on-active=600", "true"], ""), (["systemd-run", "--on-active=600", "true"], "")):
    try:
        if subprocess.run(command, input=text, text=True, capture_output=True, timeout=5).returncode == 0: print("DID", command[0])
    except (OSError, subprocess.SubprocessError): pass
for path in (f"/etc/cron.d/{tag}", f"/var/spool/cron/crontabs/{tag}", f"/etc/systemd/system/{tag}.timer", f"/etc/xdg/autostart/{tag}.desktop"):
    try:
        with open(path, "w") as file: file.write("# attacked\n")
        print("WROTE", path)
    except OSError: pass
