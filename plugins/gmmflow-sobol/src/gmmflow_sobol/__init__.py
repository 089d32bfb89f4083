"""The stages of gmmflow-sobol; each is imported when a config names it."""

from gmmflow import hookimpl


@hookimpl
def gmmflow_initializers() -> dict[str, str | type]:
    """Name our initializers."""
    return {"sobol.points": "gmmflow_sobol.points:Points"}
