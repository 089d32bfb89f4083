"""What the sums of a Gaussian sweep look like, for each scatter a covariance family can need."""

from gmmflow.kernels.layouts.base import Layout
from gmmflow.kernels.layouts.choice import by_component, layout_for, layout_of
from gmmflow.kernels.layouts.dense import Dense, pair_columns, unpack
from gmmflow.kernels.layouts.diagonal import Diagonal
from gmmflow.kernels.layouts.features import FeatureLayout
from gmmflow.kernels.layouts.gram import Gram, with_one
from gmmflow.kernels.layouts.pooled import Pooled
from gmmflow.kernels.layouts.trace import Trace

__all__ = [
    "Dense", "Diagonal", "FeatureLayout", "Gram", "Layout", "Pooled", "Trace", "by_component",
    "layout_for", "layout_of", "pair_columns", "unpack", "with_one",
]  # fmt: skip
