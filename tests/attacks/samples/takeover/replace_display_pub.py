# ATTACK: replace_display_pub
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Replace the kernel's publisher so that every observation becomes one of the student's
#     choice.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import base64
from IPython import get_ipython
shell = get_ipython()
real, MIME = shell.display_pub.publish, "application/vnd.induction-lab-grader+json"
def publish(data=None, metadata=None, **options):
    if data and MIME in data:
        import numpy as np
        from grader.protocol.values import ArrayValue
        from grader.protocol.encoding import pack
        body = pack(ArrayValue(kind="list", array=np.full(6, 0.1)))
        data = {MIME: {"observation": base64.b64encode(body).decode(), "seconds": 0.0, "passed": True}}
    return real(data=data, metadata=metadata, **options)
shell.display_pub.publish = publish
