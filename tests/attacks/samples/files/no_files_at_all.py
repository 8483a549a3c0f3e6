# ATTACK: no_files_at_all
# KIND: maker
# BASE: wrong
# NEEDS: any
# TRIES: Hand in a named pipe, a folder, a socket, a missing name and, where possible, a device.
# MUST: Each is refused at once; nothing waits for a writer.
# SIGN: none
# REFUSED: yes
import os, socket
from pathlib import Path
def build(out_dir):
    folder = Path(out_dir)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "folder.ipynb").mkdir()
    here = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as link: link.bind("socket.ipynb")
    os.chdir(here)
    return [folder / name for name in ("pipe.ipynb", "folder.ipynb", "socket.ipynb", "missing.ipynb")]
