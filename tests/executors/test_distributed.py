import os
import pickle
import signal
import sys
import threading
from dataclasses import replace
from time import monotonic, sleep

import numpy as np
import pytest
from distributed import Client, Future
from pydantic import ValidationError

from gmmflow import errors
from gmmflow.executors.distributed import Distributed
from gmmflow.executors.threads import Threads
from gmmflow.values.row_pass import RowPass


def on(cluster, **options):
    return Distributed(address=cluster.scheduler_address, **options)


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        errors.DegenerateComponent(1, "it is empty", "use fewer components"),
        errors.DataError("row 7 holds text", "drop it"),
        ValueError("bad chunk 7"),
        TimeoutError("the file server"),
        OSError(28, "No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_arrives_unchanged_and_the_cluster_goes_on(kit, engine, error, lazy):
    data = kit.dataset((4, 0, 5, 6))

    def leaf(span):
        if span.index == 2:
            raise error
        return 1

    data = kit.on_dask(data) if lazy else data
    with pytest.raises(type(error)) as caught:
        engine.reduce(data, RowPass(leaf, kit.add))
    assert type(caught.value) is type(error)
    assert caught.value.args == error.args
    assert vars(caught.value).items() >= vars(error).items()
    with pytest.raises(type(error)):
        list(engine.each(data, leaf))
    assert engine.reduce(data, RowPass(lambda span: 1, kit.add)) == 3


def test_a_task_that_ends_just_as_waiting_times_out_is_no_error(kit, engine, monkeypatch):
    def too_late(future, timeout):
        future.client.sync(future._state.wait)
        raise TimeoutError

    monkeypatch.setattr(Future, "exception", too_late)
    data = kit.dataset((4, 0, 5, 6))
    assert engine.reduce(data, RowPass(lambda span: 1, kit.add)) == 3


def test_every_error_of_gmmflow_can_travel():
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.GmmflowError)
    ]
    assert len(classes) > 10
    for each in classes:
        again = pickle.loads(pickle.dumps(each("what was wrong", "what to do")))
        assert (type(again), str(again)) == (each, "what was wrong\n  what to do")
    component = pickle.loads(pickle.dumps(errors.DegenerateComponent(3, "it is empty", "fewer")))
    assert (component.component, component.reason, component.remedy) == (3, "it is empty", "fewer")


@pytest.mark.parametrize("lazy", [False, True])
def test_a_worker_killed_in_the_middle_changes_no_bit(kit, start_cluster, tmp_path, lazy):
    from dask.config import set as configured

    rows = kit.dataset((40, 0, kit.SPAN + 7, 3, 3, 0, 0, 90, 1, 2 * kit.SPAN, 11), seed=5)
    with Threads(threads=1).start() as engine:
        expected = kit.bits(engine.reduce(rows, kit.SUMS))
    killed, leaf = tmp_path / "killed", kit.SUMS.leaf

    def deadly(span):
        if span.index == 9 and not killed.exists():
            killed.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
        return leaf(span)

    data = kit.on_dask(rows) if lazy else rows
    with configured({"distributed.comm.retry.count": 0}):
        cluster = start_cluster(n_workers=2)
        with on(cluster).start(ship=(kit.module,)) as engine:
            assert kit.bits(engine.reduce(data, kit.SUMS)) == expected  # all chunks are placed
            assert kit.bits(engine.reduce(data, RowPass(deadly, kit.add))) == expected
            assert killed.exists()
            assert kit.bits(engine.reduce(data, kit.SUMS)) == expected
        cluster.close()


def test_a_task_that_kills_every_worker_is_a_cluster_error(kit, start_cluster):
    def deadly(span):
        os.kill(os.getpid(), signal.SIGKILL)

    cluster = start_cluster(n_workers=2)
    with (
        on(cluster).start(ship=(kit.module,)) as engine,
        pytest.raises(errors.ClusterError, match=r"keep dying at the same task(.|\n)*memory"),
    ):
        engine.reduce(kit.dataset((4,)), RowPass(deadly, kit.add))
    cluster.close()


def test_no_workers_left_is_a_cluster_error(kit, start_cluster):
    cluster = start_cluster(n_workers=1)
    with on(cluster, timeout=3).start(ship=(kit.module,)) as engine:
        threading.Timer(0.5, cluster.scale, [0]).start()
        with pytest.raises(errors.ClusterError, match="no workers for 3 s"):
            engine.reduce(kit.dataset((4,)), RowPass(lambda span: sleep(60), kit.add))
    cluster.close()


def test_data_in_memory_are_sent_once(kit, engine, monkeypatch):
    data = kit.dataset((kit.SPAN, kit.SPAN))
    sent = []
    get = engine.client.get

    def counted(graph, *args, **kwargs):
        sent.append(len(pickle.dumps(graph, protocol=5)) if not _has_futures(graph) else 0)
        return get(graph, *args, **kwargs)

    monkeypatch.setattr(engine.client, "get", counted)
    first = engine.reduce(data, kit.SUMS)
    placed = len(sent)
    assert sum(sent) > data.rows.nbytes
    assert np.array_equal(engine.reduce(data, kit.SUMS), first)
    assert len(sent) == placed + 1  # one small graph a pass
    assert sent[-1] == 0


def _has_futures(graph):
    from distributed.client import futures_of

    return bool(futures_of(list(graph.values())))


def test_blas_has_one_thread_in_every_task(kit, engine):
    def limits(_):
        import scipy.linalg  # noqa: F401
        from threadpoolctl import threadpool_info

        return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}

    data = kit.dataset((4, 5, 6))
    assert engine.reduce(data, RowPass(limits, set.union)) == {1}
    assert set.union(*engine.each(kit.on_dask(data), limits)) == {1}


def test_each_works_a_few_chunks_ahead_and_no_more(kit, engine, tmp_path):
    folder = str(tmp_path)

    def task(chunk):
        with open(os.path.join(folder, str(chunk.index)), "w"):
            return chunk.index

    results = engine.each(kit.dataset((2,) * 40), task)
    assert next(results) == 0
    sleep(0.5)
    assert len(os.listdir(folder)) <= 6
    assert list(results) == list(range(1, 40))


def test_local_modules_travel_by_value(kit, cluster, tmp_path, monkeypatch):
    (tmp_path / "my_local_stage.py").write_text(
        "class Leaf:\n"
        "    def __init__(self, factor):\n"
        "        self.factor = factor\n"
        "    def __call__(self, span):\n"
        "        return self.factor * len(span.rows)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import my_local_stage

    work = RowPass(my_local_stage.Leaf(2), kit.add)
    with on(cluster).start(ship=(my_local_stage, kit.module)) as engine:
        assert engine.reduce(kit.dataset((3, 4)), work) == 14
    with on(cluster).start() as engine, pytest.raises(ModuleNotFoundError, match="my_local_stage"):
        engine.reduce(kit.dataset((3, 4)), RowPass(my_local_stage.Leaf(2), max))
    monkeypatch.delitem(sys.modules, "my_local_stage")


def test_nothing_is_left_after_close(kit, cluster):
    before = set(threading.enumerate())
    with on(cluster).start(ship=(kit.module,)) as engine:
        data = kit.on_dask(kit.dataset((3, 0, 4)))
        engine.reduce(data, kit.SUMS)
        next(engine.each(data, lambda chunk: chunk.index))
    with Client(cluster.scheduler_address, set_as_default=False) as other:
        end = monotonic() + 10
        while left := other.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks)):
            assert monotonic() < end, left
            sleep(0.05)
    assert [t for t in set(threading.enumerate()) - before if t.name == "IO loop"] == []


def test_a_pass_that_is_given_up_is_cancelled(kit, cluster):
    with on(cluster).start() as engine:
        engine._result = lambda future: (_ for _ in ()).throw(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            engine.reduce(kit.dataset((3,)), RowPass(lambda span: sleep(0.1), kit.add))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either address or scheduler_file"),
        ({"address": "tcp://a:1", "scheduler_file": "s.json"}, "either address or scheduler_file"),
        ({"address": "tls://a:1", "tls_key": "k"}, "belong together"),
        (
            {"address": "tcp://a:1", "tls_key": "k", "tls_cert": "c", "tls_ca_file": "a"},
            "starts with tls://: tcp://a:1",
        ),
        ({"address": "tcp://a:1", "timeout": 0}, "greater than 0"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValidationError, match=message):
        Distributed(**options)


def test_weights_and_labels_may_be_missing(kit, engine):
    data = replace(kit.dataset((5, 6)), sample_weight=None, labels=None)
    assert kit.bits(engine.reduce(data, kit.SUMS)) == kit.bits(
        engine.reduce(kit.on_dask(data), kit.SUMS)
    )
