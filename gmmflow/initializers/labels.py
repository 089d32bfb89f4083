"""Start from known classes: one component a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.errors import DataError
from gmmflow.initializers.base import Initializer, StartContext
from gmmflow.values.block import Block


@dataclass(frozen=True)
class LabelRule:
    """Responsibility 1 for the row's class; a row without a label takes no part."""

    def __call__(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B)."""
        if block.labels is None:
            raise DataError("these rows have no labels", "name the column in data.labels")
        np.equal(np.arange(len(out))[:, None], block.labels, out=out)


class Labels(Initializer):
    """The components are the classes of the label column, in their order.

    The first mixture is the supervised estimate; with `max_iterations: {limit: 0}` it is the
    result. Rows without a label take no part in the start, and all rows take part in EM.
    """

    deterministic: ClassVar[bool] = True
    ordered: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True
    by_distribution: ClassVar[bool] = False
    type: Literal["labels"] = "labels"

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> LabelRule:
        """The rule of the given classes."""
        classes = context.label_names
        if not classes:
            raise DataError(
                "init: labels needs the classes of the rows, and the data have no labels",
                "name the column in data.labels, or choose another init, such as kmeans++",
            )
        if len(classes) != n_components:
            shown = ", ".join(classes[:10]) + (", ..." if len(classes) > 10 else "")
            raise DataError(
                f"init: labels starts one component a class: model.components is {n_components}, "
                f"and the labels name {len(classes)} classes ({shown})",
                f"set model.components to {len(classes)}, or choose another init",
            )
        return LabelRule()
