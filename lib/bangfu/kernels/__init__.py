"""Kernels that start at once: each is forked from one process that has imported everything and holds nothing of any county.

Importing what a notebook needs costs seconds, its arithmetic often less. `zygote` is that process, `nursery` starts it and
asks it for kernels, `provisioner` and `engine` are how Jupyter and Papermill get them:

    papermill.execute_notebook(..., engine_name="bangfu-warm")

Where processes cannot be forked, or BANGFU_KERNELS=ordinary asks for it, the same engine runs ordinary kernels.
"""
