"""Arrays in, arrays out: no files, no YAML, no Dask, no stages."""
