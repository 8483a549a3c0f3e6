# ATTACK: keep_publishing
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: A thread goes on publishing forged observations while the probes are being answered,
#     after every real one.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import base64, threading, time
from IPython import get_ipython
MIME, pub = "application/vnd.induction-lab-grader+json", get_ipython().display_pub
def forge():
    import numpy as np
    from grader.protocol.values import ArrayValue
    from grader.protocol.encoding import pack
    bodies = [pack(ArrayValue(kind="ndarray", array=np.full((4, 3), 0.05))), pack(ArrayValue(kind="list", array=np.full(6, 0.1)))]
    for turn in range(2000):
        forged = base64.b64encode(bodies[turn % 2]).decode()
        try: pub.publish(data={MIME: {"observation": forged, "seconds": 0.0}}, metadata={})
        except BaseException: pass
        time.sleep(0.01)
threading.Thread(target=forge, daemon=True).start()
