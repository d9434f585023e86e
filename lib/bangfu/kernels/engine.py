"""The Papermill engine `bangfu-warm`: any notebook of this Python in a forked kernel, on a private channel, within limits.

    papermill --engine bangfu-warm notebook.ipynb executed.ipynb
"""

from papermill.engines import NBClientEngine
from traitlets.config import Config

from bangfu.kernels.channel import private_channel
from bangfu.kernels.provisioner import WarmKernelManager


class WarmEngine(NBClientEngine):
    """Papermill's own engine, whose kernels come from the zygote.

    memory: bytes that a kernel may hold (None: as many as there are); what asks for more raises MemoryError in its cell.
    execution_timeout: seconds that a cell may take, as for every engine.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, memory: int | None = None, **kwargs):
        with private_channel() as config:
            config.merge(Config({"WarmKernelManager": {"memory": memory}}))
            return super().execute_managed_notebook(nb_man, kernel_name, kernel_manager_class=WarmKernelManager, config=config, **kwargs)
