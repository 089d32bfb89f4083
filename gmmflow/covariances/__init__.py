"""The `covariance` option of the Gaussian: families of covariance matrices."""
