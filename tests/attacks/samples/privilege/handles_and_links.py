# ATTACK: handles_and_links
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Reach files past path rules: by file handle, by hard link, by renaming upwards, by a
#     descriptor of a moved folder.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: SAW .*
import ctypes, os
libc, path = ctypes.CDLL(None, use_errno=True), WORLD["neighbour"]
class Handle(ctypes.Structure): _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("data", ctypes.c_char * 128)]
handle, mount = Handle(size=128), ctypes.c_int()
if libc.name_to_handle_at(-100, path.encode(), ctypes.byref(handle), ctypes.byref(mount), 0) == 0:
    root = os.open("/", os.O_RDONLY)
    if libc.open_by_handle_at(root, ctypes.byref(handle), 0) >= 0: print("SAW by handle")
os.makedirs("inner/deep", exist_ok=True)
inner = os.open("inner/deep", os.O_RDONLY)
os.rename("inner/deep", "deep")
for ups in range(1, 12):
    try: os.close(os.open("../" * ups + path.lstrip("/"), os.O_RDONLY, dir_fd=inner)); print("SAW by descriptor", ups); break
    except OSError: pass
