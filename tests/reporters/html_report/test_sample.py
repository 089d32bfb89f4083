from dataclasses import replace

import numpy as np
import pytest

from gmmflow.reporters.base import Labelled
from gmmflow.reporters.html_report.sample import sample
from gmmflow.values.dataset import Chunk


def test_all_rows_where_they_are_few(faithful):
    drawn = sample(faithful.scan, 272, 272)
    np.testing.assert_array_equal(drawn.rows, faithful.x)
    np.testing.assert_array_equal(drawn.component, faithful.resp.argmax(axis=1))


@pytest.mark.parametrize("limit", [1, 2, 100, 271])
def test_a_sample_does_not_depend_on_the_chunks(faithful, limit):
    drawn = sample(faithful.scan, 272, limit)
    other = sample(replace(faithful, chunks=(1, 200, 0, 71)).scan, 272, limit)
    assert len(drawn.rows) == limit
    np.testing.assert_array_equal(drawn.rows, other.rows)
    np.testing.assert_array_equal(drawn.component, other.component)
    indices = [np.flatnonzero((faithful.x == row).all(axis=1)) for row in drawn.rows]
    assert all(len(found) for found in indices)


def test_rows_are_those_of_the_model(faithful):
    def scan(task):
        chunk = Chunk(0, 0, faithful.x)
        yield task(Labelled(chunk, faithful.resp, None, model_rows=faithful.x[:, :1] * 2))

    np.testing.assert_array_equal(sample(scan, 272, 300).rows, faithful.x[:, :1] * 2)
