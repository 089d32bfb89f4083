"""`synthetic`: rows drawn from a Gaussian mixture whose parameters are known, any number of them.

Rows are made in blocks of `BLOCK_ROWS`, each from its own stretch of a counter-based generator
(Philox, Salmon et al. 2011), so that a row depends on the seed and on its number, and neither on
the chunks nor on how many rows there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from gmmflow.loaders.base import ChunkedLoader, LoadContext, Source
from gmmflow.loaders.reading.chunking import chunk_rows, cut
from gmmflow.loaders.reading.lazy import Part, Piece, assemble
from gmmflow.stage import Field
from gmmflow.values.dataset import Dataset

#: Rows that are drawn together; it decides which random numbers a row gets.
BLOCK_ROWS = 4096
#: Places tried for each mean; the farthest from the means before it is taken.
_PLACES = 8


class Synthetic(ChunkedLoader):
    """A Gaussian mixture whose components have average variance 1 and a chosen separation."""

    type: Literal["synthetic"] = "synthetic"
    n_rows: int = Field(10_000, ge=1, description="Number of rows.")
    n_features: int = Field(2, ge=1, le=10_000, description="Number of columns: x0, x1, ...")
    components: int = Field(3, ge=1, le=10_000, description="Number of components.")
    separation: float = Field(
        5.0,
        ge=0,
        allow_inf_nan=False,
        description="Distance of the two nearest means, in average standard deviations.",
    )
    covariance: Literal["spherical", "diag", "full"] = Field(
        "full",
        description="Shape of the components: the identity, or different variances, or also "
        "different orientations.",
    )
    weights: tuple[float, ...] | None = Field(
        None, description="Mixing proportions, scaled to sum to 1; equal by default."
    )
    labels: bool = Field(False, description="Give the true components as labels.")
    seed: int | None = Field(None, ge=0, description="By default the seed of the run.")

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        """One positive weight for each component."""
        if self.weights is not None:
            if len(self.weights) != self.components:
                raise ValueError(
                    f"{len(self.weights)} weights were given for {self.components} components"
                )
            if not all(0 < weight < float("inf") for weight in self.weights):
                raise ValueError("`weights` must be positive and finite")
        return self

    def load(self, context: LoadContext) -> Dataset:
        """Draw the rows, or prepare to draw them chunk by chunk."""
        truth = self.truth(context.seed)
        pieces, start = [], 0
        for size in self._sizes:
            pieces.append(DrawnPiece(truth, start, start + size, self.dtype, self.labels))
            start += size
        label_names = tuple(map(str, range(self.components))) if self.labels else ()
        return assemble(
            pieces,
            self._names,
            self.dtype,
            in_memory=context.in_memory,
            label_names=label_names,
            fingerprint=f"sha256:{truth.digest(self.n_rows)}",
        )

    def inspect(self, context: LoadContext) -> Source:
        """What `load` would draw."""
        return Source(
            description=f"drawn from {self.components} Gaussian components",
            n_rows=self.n_rows,
            names=self._names,
            chunks=self._sizes,
            n_bytes=0,
            dtype=self.dtype,
        )

    def truth(self, seed: int) -> Truth:
        """The mixture that the rows are drawn from, in a run of this seed."""
        seed = seed if self.seed is None else self.seed
        rng = np.random.Generator(np.random.Philox(key=_key(seed, "parameters")))
        k, d = self.components, self.n_features
        weights = np.ones(k) if self.weights is None else np.asarray(self.weights)
        means = _means(rng, k, d, self.separation)
        scales = np.ones((k, d))
        if self.covariance != "spherical":
            scales = rng.uniform(0.25, 1.75, (k, d))
            scales = np.sqrt(scales / scales.mean(axis=1, keepdims=True))
        factors = scales[:, None, :] * np.eye(d)
        if self.covariance == "full":
            factors = np.linalg.qr(rng.standard_normal((k, d, d))).Q * scales[:, None, :]
        return Truth(weights / weights.sum(), means, factors, seed)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"x{j}" for j in range(self.n_features))

    @property
    def _sizes(self) -> tuple[int, ...]:
        return cut(self.n_rows, chunk_rows(self.chunk_size, self.n_features, self.dtype))


@dataclass(frozen=True, eq=False)
class Truth:
    """A Gaussian mixture to draw from.

    Attributes
    ----------
    weights : (k,)
    means : (k, d)
    factors : (k, d, d)
        A component is ``means[k] + factors[k] @ z`` with z standard normal.
    seed : int
    """

    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray
    seed: int

    @property
    def covariances(self) -> np.ndarray:
        """Covariances of the components, (k, d, d)."""
        return self.factors @ self.factors.transpose(0, 2, 1)

    def __repr__(self) -> str:
        return f"Truth({self.digest(0)})"

    def digest(self, n_rows: int) -> str:
        """Hash of the parameters, the seed and the number of rows."""
        digest = hashlib.sha256(f"{self.seed} {n_rows} {self.means.shape}".encode())
        for array in (self.weights, self.means, self.factors):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def draw(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows (BLOCK_ROWS, d) of a block, and their components (BLOCK_ROWS,)."""
        counter = np.array([0, 0, block, 0], np.uint64)  # 2^128 draws between blocks
        bits = np.random.Philox(key=_key(self.seed, "rows"), counter=counter)
        rng = np.random.Generator(bits)
        edges = np.cumsum(self.weights)[:-1]
        component = np.searchsorted(edges, rng.random(BLOCK_ROWS), side="right").astype(np.int32)
        z = rng.standard_normal((BLOCK_ROWS, self.means.shape[1]))
        rows = np.empty_like(z)
        for k in np.unique(component):
            of = component == k
            rows[of] = z[of] @ self.factors[k].T + self.means[k]
        return rows, component


@dataclass(frozen=True)
class DrawnPiece(Piece):
    """Rows `start` to `stop`, drawn when they are read."""

    truth: Truth
    start: int
    stop: int
    dtype: str
    labelled: bool

    @property
    def n_rows(self) -> int:
        """Rows of the chunk before any is dropped."""
        return self.stop - self.start

    @property
    def source(self) -> str:
        """The numbers of the rows."""
        return f"rows {self.start + 1} to {self.stop}"

    def read(self) -> Part:
        """Draw the rows."""
        rows = np.empty((self.n_rows, self.truth.means.shape[1]), self.dtype)
        labels = np.empty(self.n_rows, np.int32)
        for block in range(self.start // BLOCK_ROWS, -(-self.stop // BLOCK_ROWS)):
            x, component = self.truth.draw(block)
            first = block * BLOCK_ROWS
            low, high = max(self.start, first), min(self.stop, first + BLOCK_ROWS)
            rows[low - self.start : high - self.start] = x[low - first : high - first]
            labels[low - self.start : high - self.start] = component[low - first : high - first]
        return Part(rows, labels=labels if self.labelled else None)


def _key(seed: int, purpose: str) -> int:
    """128-bit key of a stream of random numbers."""
    digest = hashlib.sha256(f"synthetic {purpose} {seed}".encode()).digest()
    return int.from_bytes(digest[:16], "little")


def _means(rng: np.random.Generator, k: int, d: int, separation: float) -> np.ndarray:
    """Means (k, d) spread out evenly, the nearest two of them `separation` apart."""
    if k == 1:
        return np.zeros((1, d))
    places = rng.standard_normal((_PLACES * k, d))
    chosen = [places[0]]
    distance = np.full(len(places), np.inf)
    for _ in range(k - 1):
        distance = np.minimum(distance, np.linalg.norm(places - chosen[-1], axis=1))
        chosen.append(places[np.argmax(distance)])
        nearest = distance.max()
    means = np.array(chosen)
    # Each place was the farthest one left, so the last is the nearest to the others.
    return (means - means.mean(axis=0)) * (separation / nearest)
