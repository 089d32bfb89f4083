"""The stages of gmmflow-inverse-gaussian; each is imported when a config names it."""

from gmmflow import hookimpl


@hookimpl
def gmmflow_distributions() -> dict[str, str | type]:
    """Name our distributions."""
    return {"inverse_gaussian.independent": "gmmflow_inverse_gaussian.independent:Independent"}
