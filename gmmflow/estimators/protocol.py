"""What scikit-learn asks of every estimator: parameters, tags, and metadata requests.

Written without scikit-learn, which is imported only in methods that scikit-learn itself calls.
"""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np

from gmmflow.estimators.refusals import InvalidParameterError

#: What scikit-learn writes for a request that stays as it is.
UNCHANGED = "$UNCHANGED$"


class Estimator:
    """Base of estimators whose parameters are those of ``__init__``, stored under their names."""

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        signature = inspect.signature(cls)
        return {name: parameter.default for name, parameter in signature.parameters.items()}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Constructor parameters by name; no parameter is an estimator, so `deep` adds none."""
        return {name: getattr(self, name) for name in sorted(self._defaults())}

    def set_params(self, **params: Any) -> Self:
        """Set constructor parameters; they are checked when the estimator is fitted.

        Raises
        ------
        ValueError
            There is no parameter of such a name.
        """
        known = sorted(self._defaults())
        for name, value in params.items():
            if name not in known:
                raise InvalidParameterError(
                    f"Invalid parameter {name!r} for estimator {self}. "
                    f"Valid parameters are: {known!r}."
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        shown = [
            f"{name}={getattr(self, name)!r}"
            for name, default in self._defaults().items()
            if not _same(getattr(self, name), default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may assume of the estimator."""
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="density_estimator",
            target_tags=TargetTags(required=False),
            input_tags=InputTags(),
        )

    def get_metadata_routing(self) -> Any:
        """Which metadata the methods ask meta-estimators for (`set_fit_request`)."""
        from copy import deepcopy

        from sklearn.utils.metadata_routing import MetadataRequest

        if hasattr(self, "_metadata_request"):
            return deepcopy(self._metadata_request)
        requests = MetadataRequest(owner=self)
        for method in ("fit", "score"):
            getattr(requests, method).add_request(param="sample_weight", alias=None)
        return requests

    def set_fit_request(self, *, sample_weight: bool | str | None = UNCHANGED) -> Self:
        """Ask meta-estimators to pass `sample_weight` to `fit`: True, False, None or an alias."""
        return self._request("fit", sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None = UNCHANGED) -> Self:
        """Ask meta-estimators to pass `sample_weight` to `score`, as for `fit`."""
        return self._request("score", sample_weight)

    def _request(self, method: str, sample_weight: bool | str | None) -> Self:
        from sklearn import get_config

        if not get_config()["enable_metadata_routing"]:
            raise RuntimeError(
                "This method is only available when metadata routing is enabled. You can enable it "
                "using sklearn.set_config(enable_metadata_routing=True)."
            )
        requests = self.get_metadata_routing()
        if sample_weight != UNCHANGED:
            getattr(requests, method).add_request(param="sample_weight", alias=sample_weight)
        self._metadata_request = requests
        return self


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(np.all(value == default)))
