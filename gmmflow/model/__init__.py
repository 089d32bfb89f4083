"""Fitted mixtures to work with."""

from gmmflow.model.density import MixtureDensity
from gmmflow.model.ellipse import Ellipse
from gmmflow.model.fitted import MixtureModel
from gmmflow.model.regression import Regression

__all__ = ["Ellipse", "MixtureDensity", "MixtureModel", "Regression"]
