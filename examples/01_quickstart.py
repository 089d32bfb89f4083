"""Fit two Gaussian components to Old Faithful, and use the model."""

import csv
from importlib.resources import files

import numpy as np

import gmmflow

with (files("gmmflow") / "data" / "old_faithful.csv").open() as file:
    header, *lines = csv.reader(file)
x = np.array(lines, dtype=float)

model = gmmflow.fit(x, 2, restarts=5)
print(f"log-likelihood {model.log_likelihood:.5f}, BIC {model.bic():.2f}")
for weight, mean in zip(model.weights, model.means, strict=True):
    print(
        f"weight {weight:.3f}: "
        + ", ".join(f"{n} {m:.2f}" for n, m in zip(header, mean, strict=True))
    )
print("first rows belong to", model.predict(x[:5]).tolist())
rows, components = model.sample(3, seed=1)
print("three new eruptions:", rows.round(2).tolist())
