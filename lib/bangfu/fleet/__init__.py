"""Many counties at once: on this machine or on many, with files in folders or in an object store.

`places` says where what stands at a URL stands on this machine, `folders` fetches and publishes it, `errand` is one county's run as
it is sent to a worker, `done` says whether that run has been made already, `cluster` is the workers, `dispatch` hands out the errands.
"""
