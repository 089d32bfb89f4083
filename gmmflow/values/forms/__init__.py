"""The forms that covariance matrices come in; the form, not the family, decides the kernel."""

from gmmflow.values.forms.base import Form
from gmmflow.values.forms.dense import Dense
from gmmflow.values.forms.diagonal import Diagonal
from gmmflow.values.forms.rotated import Rotated
from gmmflow.values.forms.spherical import Spherical
from gmmflow.values.mixture import Parameters

__all__ = ["Dense", "Diagonal", "Form", "Rotated", "Spherical", "form_of"]


def form_of(parameters: Parameters) -> Form:
    """The form whose arrays stand in `parameters`, beside others."""
    if "covariances" in parameters:
        return Dense(parameters["covariances"])
    variances = parameters["variances"]
    if "orientation" in parameters:
        return Rotated(parameters["orientation"], variances)
    return Spherical(variances) if variances.shape[1] == 1 else Diagonal(variances)
