# ATTACK: rewrite_displays
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Update and clear displays that other cells made, and send outputs with fields of the
#     wrong type.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
from IPython import get_ipython
from IPython.display import clear_output, display
display("first", display_id="a")
clear_output(wait=True)
kernel = get_ipython().kernel
MIME = "application/vnd.induction-lab-grader+json"
for data in ({MIME: {"observation": "AAAA", "seconds": -1e300}}, {MIME: None}, {MIME: [1]}, None, 5, {"text/plain": 7}):
    for kind in ("display_data", "update_display_data", "execute_result", "stream", "nonsense"):
        content = {"data": data, "metadata": None, "transient": {"display_id": "a"}, "name": 3, "text": data}
        try: kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
        except BaseException: pass
