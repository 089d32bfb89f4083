"""Every M-step against an independent optimiser, and every result is a member of its family."""

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import minimize


def lengths(family, k, d):
    """Numbers of free values of log volumes, log shapes and angles."""
    count = {"E": 1, "V": k}
    volume, shape, orientation = family.type
    return (
        count[volume],
        0 if shape == "I" else count[shape] * (d - 1),
        0 if orientation == "I" else count[orientation] * d * (d - 1) // 2,
    )


def members(family, values, k, d):
    """Covariances (k, d, d) = volume * axes diag(shape) axes' of unconstrained values."""
    sizes = lengths(family, k, d)
    volume, shape, angles = np.split(values, np.cumsum(sizes)[:2])
    logs = np.zeros((max(1, len(shape) // max(1, d - 1)), d))
    if len(shape):
        logs[:, :-1] = shape.reshape(-1, d - 1)
        logs -= logs.mean(axis=1, keepdims=True)
    pairs = d * (d - 1) // 2
    axes = []
    for each in angles.reshape(-1, pairs) if len(angles) else np.zeros((1, pairs)):
        skew = np.zeros((d, d))
        skew[np.triu_indices(d, 1)] = each
        axes.append(expm(skew - skew.T))
    axes = np.stack(axes)
    spread = np.exp(volume[:, None] + logs)
    return np.broadcast_to((axes * spread[:, None, :]) @ axes.transpose(0, 2, 1), (k, d, d))


def criterion(n, scatter, matrices):
    return sum(
        rows * np.linalg.slogdet(matrix)[1] + np.trace(np.linalg.solve(matrix, w))
        for rows, matrix, w in zip(n, matrices, scatter, strict=True)
    )


@pytest.mark.parametrize(("k", "d"), [(2, 2), (3, 3)])
def test_nothing_in_the_family_is_better(family, scatters, k, d):
    given = scatters(family, k, d, seed=k)
    found = criterion(given.n, given.full, given.maximize().matrices(k, d))

    def objective(values):
        return criterion(given.n, given.full, members(family, values, k, d)) / given.n.sum()

    rng = np.random.default_rng(1)
    size = sum(lengths(family, k, d))
    assert size == family.n_free(k, d)
    ends = [
        minimize(objective, rng.normal(size=size), method="BFGS", options={"gtol": 1e-8}).fun
        for _ in range(3)
    ]
    assert found / given.n.sum() == pytest.approx(min(ends), rel=1e-9, abs=1e-9)


def test_volumes_shapes_and_axes_are_equal_where_the_name_says_so(family, scatters):
    matrices = scatters(family, 4, 3, seed=5).maximize().matrices(4, 3)
    eigenvalues = np.linalg.eigvalsh(matrices)
    volumes = np.exp(np.log(eigenvalues).mean(axis=1))
    shapes = eigenvalues / volumes[:, None]
    # Matrices share axes where they commute, and shapes may then differ in order too.
    commute = matrices[:, None] @ matrices[None] - matrices[None] @ matrices[:, None]
    equal = (
        np.ptp(volumes) < 1e-9 * volumes.max(),
        np.ptp(shapes, axis=0).max() < 1e-9 * shapes.max(),
        np.abs(commute).max() < 1e-9 * np.abs(matrices).max() ** 2,
    )
    letters = family.type.replace("I", "E")
    assert equal == tuple(letter == "E" for letter in letters)
    if family.type.endswith("I"):
        assert (matrices == matrices * np.eye(3)).all()
    if family.type[1] == "I":
        assert np.ptp(eigenvalues, axis=1).max() == 0.0


#: mclust's nVarParams at (k, d) = (1, 1), (1, 4), (3, 4), (5, 10).
FREE = {
    "EII": (1, 1, 1, 1), "VII": (1, 1, 3, 5), "EEI": (1, 4, 4, 10), "VEI": (1, 4, 6, 14),
    "EVI": (1, 4, 10, 46), "VVI": (1, 4, 12, 50), "EEE": (1, 10, 10, 55), "VEE": (1, 10, 12, 59),
    "EVE": (1, 10, 16, 91), "VVE": (1, 10, 18, 95), "EEV": (1, 10, 22, 235),
    "VEV": (1, 10, 24, 239), "EVV": (1, 10, 28, 271), "VVV": (1, 10, 30, 275),
}  # fmt: skip


def test_free_parameters(family):
    sizes = [(1, 1), (1, 4), (3, 4), (5, 10)]
    assert tuple(family.n_free(k, d) for k, d in sizes) == FREE[family.type]
