# ATTACK: second_client
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Connect to the own kernel as a second client, with the key from its connection file, and
#     send it orders.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import threading
from IPython import get_ipython
def orders():
    try:
        from jupyter_client import BlockingKernelClient
        client = BlockingKernelClient(connection_file=get_ipython().kernel.parent.connection_file)
        client.load_connection_file(); client.start_channels()
        for _ in range(50): client.execute("compute_k_composition = lambda *_a, **_k: 0.05", silent=True)
        client.shutdown(restart=False)
    except BaseException: pass
threading.Thread(target=orders, daemon=True).start()
