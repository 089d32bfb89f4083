"""The estimator of scikit-learn, and what it does beside that: families, weights, Dask arrays."""

import dask.array as da
import numpy as np

import gmmflow

rng = np.random.default_rng(0)
x = np.concatenate([rng.normal(0.0, 1.0, (300, 2)), rng.normal(4.0, [0.5, 2.0], (200, 2))])

model = gmmflow.GaussianMixture(n_components=2, covariance_type="full", random_state=0).fit(x)
print("means:", model.means_.round(2).tolist(), "converged:", model.converged_)
print("log-likelihood of these parameters:", round(model.log_likelihood_, 3))

for family in ("EEI", "VVI", "VVE", "VVV"):
    found = gmmflow.GaussianMixture(2, covariance_type=family, random_state=0).fit(x)
    print(f"BIC of {family}: {found.bic(x):.1f}, covariances {found.covariances_.shape}")

weights = np.where(x[:, 0] > 2.0, 2.0, 1.0)
print("weights_:", model.fit(x, sample_weight=weights).weights_.round(3).tolist())

lazy = da.from_array(x, chunks=(100, 2))
labels = gmmflow.GaussianMixture(2, random_state=0).fit_predict(lazy)
print("a Dask array of labels:", labels.shape, np.bincount(labels.compute()).tolist())
