"""Executing on the workers of a Dask cluster.

`bundle` is what a worker gets, `worker` runs there inside Dask, `host` beside
it runs the notebooks, and `pool` gives jobs to them from here.
"""
