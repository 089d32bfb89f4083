"""Fit a Dask array chunk by chunk: it is generated as it is read, and never held as a whole."""

import dask.array as da
import numpy as np

import gmmflow

rng = da.random.default_rng(0)
shape, chunks = (400_000, 4), (50_000, 4)
left = rng.normal(0.0, 1.0, shape, chunks=chunks)
right = rng.normal(5.0, 2.0, shape, chunks=chunks)
x = da.concatenate([left, right])

model = gmmflow.fit(x, 2, init="kmeans")
print(f"{x.shape[0]} rows of {x.nbytes / 2**20:.0f} MiB in {x.numblocks[0]} chunks")
print("means", model.means.round(2).tolist())
labels = model.predict(x)  # a Dask array too
print("rows a component:", np.bincount(labels.compute()).tolist())
