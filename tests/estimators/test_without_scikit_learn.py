"""The estimator where scikit-learn cannot be imported, and what importing it loads."""

import subprocess
import sys

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "sklearn":
            raise ModuleNotFoundError(f"No module named {name!r}", name="sklearn")
sys.meta_path.insert(0, Blocker())
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_everything_that_users_call_works():
    code = (
        BLOCKED
        + """
import pickle, warnings
import numpy as np
from gmmflow import GaussianMixture
x = np.random.RandomState(0).randn(60, 2)
x[30:] += 6
for init in ("kmeans", "k-means++", "random", "random_from_data"):
    model = GaussianMixture(2, init_params=init, random_state=0, max_iter=500).fit(x)
assert np.isfinite([model.score(x), model.bic(x), model.aic(x)]).all()
model.sample(3), model.predict_proba(x), repr(model), model.get_params(), pickle.dumps(model)
model.set_params(max_iter=1, tol=0.0)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    model.fit(x)
print(seen[0].category.__name__, [base.__name__ for base in seen[0].category.__bases__])
try:
    GaussianMixture().predict(x)
except Exception as error:
    print(type(error).__name__, [base.__name__ for base in type(error).__bases__])
try:
    model.to_sklearn()
except ModuleNotFoundError as error:
    print(error)
"""
    )
    assert run(code).splitlines() == [
        "ConvergenceWarning ['UserWarning']",
        "NotFittedError ['ValueError', 'AttributeError']",
        "No module named 'sklearn'",
    ]


def test_scikit_learn_is_not_imported_for_it():
    code = (
        "import sys, numpy as np\nfrom gmmflow import GaussianMixture\n"
        "GaussianMixture(2, random_state=0).fit(np.arange(20.0).reshape(10, 2) ** 2)\n"
        "print(sorted({'sklearn', 'dask', 'pandas', 'scipy', 'pyarrow'} & sys.modules.keys()))"
    )
    assert run(code) == "[]"


def test_its_classes_are_scikit_learns_where_that_is_imported():
    code = (
        "import numpy as np, sklearn.exceptions\nfrom gmmflow import GaussianMixture\n"
        "try: GaussianMixture().predict(np.ones((2, 2)))\n"
        "except sklearn.exceptions.NotFittedError: print('theirs')"
    )
    assert run(code) == "theirs"
