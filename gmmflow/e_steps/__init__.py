"""The `fit.e_step` slot: from log densities to responsibilities."""
