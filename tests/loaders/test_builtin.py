import numpy as np

from gmmflow.loaders.base import LoadContext
from gmmflow.loaders.builtin import Builtin


def test_old_faithful(load_both):
    data = load_both(Builtin(name="old_faithful")).held
    assert data.names == ("eruptions", "waiting")
    assert data.rows.shape == (272, 2)
    # R: colMeans(faithful)
    np.testing.assert_allclose(data.rows.mean(axis=0), [3.487783, 70.897059], atol=5e-7)
    assert data.notes == ()


def test_iris_with_its_species(load_both):
    data = load_both(Builtin(name="iris", labels="Species")).held
    assert data.names == ("Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width")
    assert data.label_names == ("setosa", "versicolor", "virginica")
    np.testing.assert_array_equal(data.labels, np.repeat([0, 1, 2], 50))
    # R: aggregate(. ~ Species, iris, mean)
    np.testing.assert_allclose(data.rows[:50].mean(axis=0), [5.006, 3.428, 1.462, 0.246])
    np.testing.assert_allclose(data.rows[100:].mean(axis=0), [6.588, 2.974, 5.552, 2.026])


def test_text_is_left_out_with_a_note(context):
    assert Builtin(name="iris").load(context).notes == (
        "iris.csv: left out, not numbers: 'Species'",
    )


def test_inspect():
    source = Builtin(name="iris", labels="Species").inspect(LoadContext())
    assert source.description == "iris, which comes with gmmflow"
    assert len(source.names) == 4
