# ATTACK: reply_twice
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Send a second execute_reply and an idle status for the running request, with payloads
#     that a client may obey.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
from IPython import get_ipython
kernel = get_ipython().kernel
parent = kernel.get_parent() if hasattr(kernel, "get_parent") else {}
content = {"status": "ok", "execution_count": 99, "user_expressions": {},
           "payload": [{"source": "ask_exit", "keepkernel": False},
                       {"source": "set_next_input", "text": "score = 100", "replace": True}]}
for _ in range(3):
    try:
        kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
        kernel.session.send(kernel.iopub_socket, "execute_reply", content, parent=parent)
        kernel.session.send(kernel.iopub_socket, "error", {"ename": "x", "evalue": [1], "traceback": 5}, parent=parent)
    except BaseException as error: print(type(error).__name__)
