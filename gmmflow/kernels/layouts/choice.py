"""Which layout sums what a covariance family needs."""

from __future__ import annotations

from gmmflow.kernels.layouts.base import Layout
from gmmflow.kernels.layouts.dense import Dense
from gmmflow.kernels.layouts.diagonal import Diagonal
from gmmflow.kernels.layouts.gram import Gram
from gmmflow.kernels.layouts.pooled import Pooled
from gmmflow.kernels.layouts.trace import Trace
from gmmflow.values.mixture import Statistics

#: The layouts without a choice, by `Covariance.needs`.
ONLY: dict[str, Layout] = {"pooled": Pooled(), "diagonal": Diagonal(), "trace": Trace()}

#: Dense scatters of k components are summed one by one from d^2 = BREAK_EVEN k on, and always from
#: so many columns that the features of a block would not fit a cache.
BREAK_EVEN = 128
MANY_COLUMNS = 80


def layout_for(needs: str, k: int, d: int) -> Layout:
    """Layout of k components in d columns for a scatter that `Covariance.needs` names.

    Dense scatters are summed by features in few columns, and component by component in many
    (measured: benchmarks/README.md).
    """
    if needs != "dense":
        return ONLY[needs]
    return Gram() if by_component(k, d) else Dense()


def layout_of(needs: str, statistics: Statistics) -> Layout:
    """Layout that these statistics were summed by."""
    if needs != "dense":
        return ONLY[needs]
    return Gram() if "grams" in statistics else Dense()


def by_component(k: int, d: int) -> bool:
    """Whether k dense components in d columns are cheaper one by one than by features.

    Features cost d^2 / 2 a row once, and then half as much for each component (measured from 1 to
    32 components in 8 to 96 columns: benchmarks/README.md).
    """
    return d >= MANY_COLUMNS or d * d >= BREAK_EVEN * k
