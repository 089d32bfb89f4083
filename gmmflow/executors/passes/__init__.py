"""How a pass over the rows is done: streams of threads, or a small Dask graph."""
