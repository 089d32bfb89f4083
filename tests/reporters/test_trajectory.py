import numpy as np

from gmmflow.reporters.trajectory import Trajectory


def test_the_path_of_the_best_start(faithful, context):
    assert Trajectory.wants_history
    faithful.report(Trajectory(), context)
    result = faithful.result
    with np.load(context.folder / "trajectory.npz", allow_pickle=False) as path:
        steps = len(result.fit.trace)
        assert {name: path[name].shape for name in path} == {
            "iterations": (steps,),
            "log_likelihood": (steps,),
            "weights": (steps, 2),
            "means": (steps, 2, 2),
            "covariances": (steps, 2, 2, 2),
        }
        np.testing.assert_array_equal(path["iterations"], np.arange(steps))
        assert path["log_likelihood"][-1] == result.fit.log_likelihood
        np.testing.assert_array_equal(path["means"][0], result.history[0].parameters["means"])
        np.testing.assert_array_equal(path["weights"][-1], result.mixture.weights)
