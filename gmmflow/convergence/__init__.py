"""The `fit.convergence` slot: when EM stops."""
