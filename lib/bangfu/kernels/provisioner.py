"""How Jupyter gets a kernel from the zygote: everything as for a kernel of this machine, but for how its process begins."""

import logging
import os
import sys

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Integer, Type

from bangfu.kernels import nursery
from bangfu.kernels.client import PromptClient

_LAUNCHER = ["-m", "ipykernel_launcher"]


class ForkProvisioner(LocalProvisioner):
    """Forks kernels of this very Python; starts those of other languages and environments as ever.

    Signals, waiting and killing are those of a local kernel: the process only has another parent.
    """

    async def launch_kernel(self, cmd, **kwargs):
        forked = self._forked(cmd, kwargs) if nursery.possible() and cmd[:3] == [sys.executable, *_LAUNCHER] and not self.kernel_spec.env else None
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.cwd = forked, kwargs.get("cwd")
        self.pid = self.pgid = forked.pid  # it leads a session of its own
        return self.connection_info

    def _forked(self, cmd: list[str], kwargs: dict) -> nursery.Forked | None:
        try:
            return nursery.zygote().fork(cmd[3:], str(kwargs.get("cwd") or os.getcwd()), {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())})
        except nursery.NoZygote as why:
            logging.getLogger(__name__).warning("an ordinary kernel instead of a forked one: %s", why)
            return None


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels are forked, and hold no more memory than they may."""

    client_factory = Type(PromptClient)
    memory = Integer(None, allow_none=True, help="bytes of memory that a kernel may hold").tag(config=True)

    async def _async_pre_start_kernel(self, **kw):
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kw)

    async def _async_launch_kernel(self, kernel_cmd, **kw):
        await super()._async_launch_kernel(kernel_cmd, **kw)
        if self.memory and sys.platform == "linux":
            import resource

            # What a process writes to, in physical memory or not; files that it maps to read do not count.
            resource.prlimit(self.provisioner.pid, resource.RLIMIT_DATA, (self.memory, self.memory))

    async def _async_wait(self, pollinterval: float = 0.01) -> None:
        await super()._async_wait(0.01)  # a notebook waits at its end: the usual tenth of a second is longer than the end takes
