"""The channel between a kernel and who runs it: files that only this user can open, where the system has such."""

import os
import tempfile
from contextlib import contextmanager

from traitlets.config import Config


@contextmanager
def private_channel():
    """Jupyter's configuration for such a channel. On a port, which is the default, anybody on the machine could listen or speak."""
    with tempfile.TemporaryDirectory(prefix="bf-") as folder:
        if os.name != "posix" or len(folder) > 80:  # the path of such a file may have 107 characters
            yield Config()
        else:
            yield Config({"KernelManager": {"transport": "ipc", "ip": os.path.join(folder, "k")}})
