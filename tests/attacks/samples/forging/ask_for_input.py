# ATTACK: ask_for_input
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Ask the client for input behind input()'s back, so that the driver waits for an answer
#     nobody gives.
# MUST: Full score: the functions are right.
# SIGN: none
from IPython import get_ipython
kernel = get_ipython().kernel
try:
    kernel.session.send(kernel.stdin_socket, "input_request", {"prompt": "?", "password": False}, parent=kernel.get_parent())
except BaseException as error: print(type(error).__name__)
try: kernel._allow_stdin = True
except BaseException: pass
