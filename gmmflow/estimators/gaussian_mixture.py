"""`GaussianMixture`: the estimator of scikit-learn, on gmmflow's EM."""

from __future__ import annotations

import warnings
from math import log
from typing import Any, Self

import numpy as np

from gmmflow.estimators.answers import answers, mean_log_density
from gmmflow.estimators.features import compare_features, remember_features
from gmmflow.estimators.interchange import from_scikit_learn, to_scikit_learn
from gmmflow.estimators.options import check_options, random_numbers
from gmmflow.estimators.protocol import Estimator
from gmmflow.estimators.refusals import InputError, convergence_warning, not_fitted
from gmmflow.estimators.rows import as_rows, as_weights
from gmmflow.estimators.sampling import draw
from gmmflow.estimators.training import learn, n_parameters
from gmmflow.model.rowwise import Answer

NOT_CONVERGED = (
    "Best performing initialization did not converge. Try different init parameters, or increase "
    "max_iter, tol, or check for degenerate data."
)


class GaussianMixture(Estimator):
    """Gaussian mixture with the interface, defaults and meaning of scikit-learn 1.9's.

    It needs no scikit-learn, and works in its pipelines and searches where there is one. With equal
    parameters, `random_state` among them, it starts where scikit-learn's starts and takes the same
    steps. It differs in what scikit-learn does not have: the other covariance families, row
    weights, Dask arrays, `resp_init`, `executor`, and the log-likelihood of the very parameters
    that it returns.

    Parameters
    ----------
    n_components : int, default=1
        Number of components, k.
    covariance_type : str, default='full'
        'full', 'tied', 'diag' or 'spherical', or the name of a family of gmmflow (EII .. VVV, or
        that of a plugin).
    tol : float, default=1e-3
        EM stops when the mean log-likelihood changes by less.
    reg_covar : float, default=1e-6
        Added to the diagonal of every covariance matrix, in the squared units of the columns.
    max_iter : int, default=100
        Iterations at most; 0 keeps the start.
    n_init : int, default=1
        Initializations; the best is kept. They run side by side: each row is read once for all.
        One that degenerates is warned of, and is an error only if all do.
    init_params : {'kmeans', 'k-means++', 'random', 'random_from_data'}, default='kmeans'
        Where EM starts.
    weights_init : (k,), default=None
        Given instead of what `init_params` finds; so are the next two.
    means_init : (k, d), default=None
    precisions_init : default=None
        Inverse covariances, in the shape of `precisions_`.
    random_state : int, RandomState, Generator or None, default=None
        For the start and for `sample`. None uses NumPy's global RandomState.
    warm_start : bool, default=False
        Whether `fit` goes on from the last solution.
    verbose : int, default=0
        1 prints iterations, 2 also times and changes.
    verbose_interval : int, default=10
        Iterations between two lines.
    resp_init : (n, k), default=None
        Responsibilities to start from, instead of `init_params`: an M-step comes first.
    executor : str, dict or Executor, default=None
        Where `fit` works, such as ``"threads"`` or ``{"type": "distributed", "address": ...}``;
        None is the threads of this process.

    Attributes
    ----------
    weights_ : (k,)
        Mixing proportions.
    means_ : (k, d)
    covariances_
        (k, d, d) for 'full', (d, d) for 'tied', (k, d) for 'diag', (k,) for 'spherical', and
        (k, d, d) for every other family.
    precisions_, precisions_cholesky_
        Inverses of the covariances, and upper triangular U with U U' = precision (for variances:
        square roots), in the same shapes.
    converged_ : bool
        Whether the best initialization met `tol`.
    n_iter_ : int
        Its iterations.
    lower_bound_ : float
        Mean log-likelihood in its last E-step. As in scikit-learn, an M-step followed: it belongs
        to the parameters before the returned ones. -inf where `max_iter` is 0.
    lower_bounds_ : list of float
        The same for each iteration.
    log_likelihood_ : float
        Log-likelihood, summed over the rows, of the returned parameters.
    n_features_in_ : int
        Number of columns, d.
    feature_names_in_ : (d,)
        Their names, where all are text.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> model = GaussianMixture(n_components=2, random_state=0).fit(x)
    >>> model.means_.round(3)
    array([[10.,  2.],
           [ 1.,  2.]])
    >>> model.predict([[0, 0], [12, 3]])
    array([1, 0])
    """

    weights_: np.ndarray
    means_: np.ndarray
    covariances_: np.ndarray
    precisions_: np.ndarray
    precisions_cholesky_: np.ndarray
    converged_: bool
    n_iter_: int
    lower_bound_: float
    lower_bounds_: list[float]
    log_likelihood_: float
    n_features_in_: int
    feature_names_in_: np.ndarray

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: Any = None,
        means_init: Any = None,
        precisions_init: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        resp_init: Any = None,
        executor: Any = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval
        self.resp_init = resp_init
        self.executor = executor

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Estimate the parameters with EM, the best of `n_init` initializations.

        Parameters
        ----------
        X : array-like, DataFrame or Dask array, (n, d)
            A Dask array is read chunk by chunk and never held.
        y : ignored
        sample_weight : (n,), optional
            Row weights: 0 is a row that is not there, 2 a row that is there twice.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            The parameters or the rows are not allowed, or every initialization degenerated.
        """
        check_options(self)
        rows = as_rows(X, type(self).__name__, least=2)
        remember_features(self, X, rows)
        found = learn(self, rows, as_weights(sample_weight, rows.shape[0]))
        for name, value in found.attributes.items():
            setattr(self, name, value)
        for message in found.warnings:
            warnings.warn(message, convergence_warning(), stacklevel=2)
        if not self.converged_ and self.max_iter > 0:
            warnings.warn(NOT_CONVERGED, convergence_warning(), stacklevel=2)
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """Fit, and give the most probable component of each row, (n,)."""
        return self.fit(X, y, sample_weight).predict(X)

    def predict(self, X: Any) -> Any:
        """Most probable component of each row, (n,) int64; a Dask array of a Dask array."""
        return self._answer(X, "labels")

    def predict_proba(self, X: Any) -> Any:
        """Posterior probability of each component for each row, (n, k)."""
        return self._answer(X, "resp")

    def score_samples(self, X: Any) -> Any:
        """Log-likelihood of each row, (n,)."""
        return self._answer(X, "log_density")

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Mean log-likelihood of the rows, weighted if there are weights."""
        samples = self.score_samples(X)
        return mean_log_density(samples, as_weights(sample_weight, samples.shape[0]))

    def bic(self, X: Any) -> float:
        """Bayesian information criterion of the rows; lower is better."""
        samples = self.score_samples(X)
        n_rows = samples.shape[0]
        return -2.0 * mean_log_density(samples, None) * n_rows + self._n_parameters() * log(n_rows)

    def aic(self, X: Any) -> float:
        """Akaike's information criterion of the rows; lower is better."""
        samples = self.score_samples(X)
        log_likelihood = mean_log_density(samples, None) * samples.shape[0]
        return -2.0 * log_likelihood + 2.0 * self._n_parameters()

    def sample(self, n_samples: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows (n, d) and their components (n,), component by component.

        Equal parameters and `random_state` give the rows that scikit-learn draws.
        """
        self._check_is_fitted()
        if n_samples < 1:
            raise InputError(
                f"Invalid value for 'n_samples': {n_samples} . The sampling requires at least one "
                "sample."
            )
        rng = random_numbers(self.random_state)
        return draw(
            self.covariance_type, self.weights_, self.means_, self.covariances_, n_samples, rng
        )

    @classmethod
    def from_sklearn(cls, model: Any) -> Self:
        """The same mixture as one of scikit-learn, fitted or not.

        ``log_likelihood_`` is not among its attributes: only the rows that were fitted tell it.
        """
        return from_scikit_learn(cls, model)

    def to_sklearn(self) -> Any:
        """The same mixture in scikit-learn; families that it lacks become 'full'."""
        return to_scikit_learn(self)

    def _n_parameters(self) -> int:
        return n_parameters(self.covariance_type, *self.means_.shape)

    def _check_is_fitted(self) -> None:
        if not hasattr(self, "weights_"):
            raise not_fitted(self)

    def _answer(self, X: Any, what: Answer) -> Any:
        self._check_is_fitted()
        rows = as_rows(X, type(self).__name__)
        compare_features(self, X, rows)
        return answers(
            self.covariance_type, self.weights_, self.means_, self.precisions_cholesky_, rows, what
        )
