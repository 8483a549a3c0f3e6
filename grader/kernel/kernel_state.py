"""Global state of a kernel process, and the channel on which it answers the driver."""

from typing import Any

from IPython.core.getipython import get_ipython

from grader.kernel import MIME
from grader.kernel.model_store import ModelStore


class Kernel:
    """Global state of this kernel process, set by `grader.kernel.startup.prepare`."""

    model_store: ModelStore
    model_name: str


def publish(content: dict[str, Any]) -> None:
    """Send the driver a JSON object, as an IPython display message."""
    shell = get_ipython()
    if shell is not None:
        shell.display_pub.publish(data={MIME: content}, metadata={})
