"""Jupyter's client of a kernel, ready as soon as the kernel is."""

import asyncio
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient


class PromptClient(AsyncKernelClient):
    """Knows by the kernel's own messages that it is ready, where Jupyter's listens for a fifth of a second whether more of them come;
    and looks for a kernel that does not listen yet every few milliseconds instead of every hundred."""

    def _context_default(self):
        context = super()._context_default()
        context.reconnect_ivl = 5
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        async with asyncio.timeout(timeout):
            while not await self._answers():
                if not await self.is_alive():
                    raise RuntimeError("the kernel ended before it was ready")

    async def _answers(self) -> bool:
        """Whether the kernel answers a question and what it publishes arrives; nothing that it said before is left to be read then."""
        asked = self.kernel_info()
        try:
            while (reply := await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                pass
            while not _ends(asked, await self.get_iopub_msg(timeout=0.2)):
                pass
        except Empty:  # it was asked before it was listened to, or is not there yet
            return False
        self._handle_kernel_info_reply(reply)
        return True


def _ends(request: str, message: dict) -> bool:
    return message["parent_header"].get("msg_id") == request and message["content"].get("execution_state") == "idle"
