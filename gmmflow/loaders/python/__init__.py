"""What `arrays.py` accepts: tables of other libraries, and Dask arrays."""
