"""Known classes give the components at once; row weights count rows several times."""

import numpy as np

import gmmflow

rng = np.random.default_rng(0)
x = np.concatenate([rng.normal(0.0, 1.0, (200, 2)), rng.normal(3.0, 1.0, (100, 2))])
species = np.repeat(["setosa", "virginica"], [200, 100])

at_once = gmmflow.fit(
    x, 2, init="labels", labels=species, convergence=[{"type": "max_iterations", "limit": 0}]
)
print(
    "class means:", at_once.means.round(2).tolist(), "weights:", at_once.weights.round(3).tolist()
)

weights = np.where(species == "virginica", 2.0, 1.0)
weighted = gmmflow.fit(x, 2, init="labels", labels=species, sample_weight=weights)
print("weights with every virginica counted twice:", weighted.weights.round(3).tolist())
print("agreement with the species:", round(weighted.result.classes.adjusted_rand, 3))
