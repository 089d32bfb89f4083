"""Which family of covariances is nested in which: every member of the smaller is one of the larger.

A family's letters are volume, shape and orientation: equal for all components (E), varying (V), or
none (I: spheres have no shape, axes along the columns no orientation). Letter by letter I is a case
of E, and E of V.
"""

from __future__ import annotations

#: scikit-learn's names for four families.
ALIASES = {"spherical": "VII", "diag": "VVI", "tied": "EEE", "full": "VVV"}
#: From the fewest free parameters to the most, roughly.
FAMILIES = (
    "EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "EEV", "VVE", "VEV", "EVV",
    "VVV",
)  # fmt: skip


def nested(smaller: str, larger: str) -> bool:
    """Whether every mixture of one family is also one of another, larger family.

    Parameters
    ----------
    smaller, larger : str
        Names, as in YAML. A family that is not one of ours is nested in none.

    Examples
    --------
    >>> nested("EEE", "VVV"), nested("VEI", "VVE"), nested("VEI", "EVI"), nested("tied", "full")
    (True, True, False, True)
    """
    small, large = ALIASES.get(smaller, smaller), ALIASES.get(larger, larger)
    if small == large or small not in FAMILIES or large not in FAMILIES:
        return False
    return all("IEV".index(a) <= "IEV".index(b) for a, b in zip(small, large, strict=True))
