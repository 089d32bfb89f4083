"""A Dask cluster: to connect to it, to place data on it, to run passes there."""
