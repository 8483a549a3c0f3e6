# ATTACK: comm_flood
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Open widget channels and send large messages with buffers, which the driver has to read
#     and drop.
# MUST: Full score: the functions are right.
# SIGN: none
from IPython import get_ipython
kernel = get_ipython().kernel
for i in range(300):
    content = {"comm_id": f"c{i}", "target_name": "jupyter.widget", "data": {"state": {"x": "y" * 50_000}}}
    try:
        kernel.session.send(kernel.iopub_socket, "comm_open", content, parent=kernel.get_parent(), buffers=[b"z" * 10_000])
        kernel.session.send(kernel.iopub_socket, "comm_msg", content, parent=kernel.get_parent())
    except BaseException: break
