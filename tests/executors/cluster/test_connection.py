import json
import logging
import subprocess
import sys
import threading
from contextlib import contextmanager
from time import monotonic, sleep

import pytest

from gmmflow.errors import ClusterError, Exit
from gmmflow.executors.cluster.connection import _check_versions, _warn_if_open
from gmmflow.executors.distributed import Distributed
from gmmflow.executors.threads import Threads
from gmmflow.values.row_pass import RowPass


@contextmanager
def dask_cli(*arguments):
    """A process of Dask's command line, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def scheduler(path, *arguments):
    return dask_cli(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(path), *arguments,
    )  # fmt: skip


def worker(path, *arguments):
    return dask_cli(
        "worker", "--scheduler-file", str(path), "--nthreads", "1", "--host", "127.0.0.1",
        "--no-nanny", "--no-dashboard", "--dashboard-address", "127.0.0.1:0", *arguments,
    )  # fmt: skip


def test_a_cluster_from_the_command_line_with_a_scheduler_file(kit, tmp_path, capfd):
    """Started in any order; a scheduler that dies is a cluster error."""
    path = tmp_path / "scheduler.json"
    data = kit.dataset((40, 0, kit.SPAN + 7, 3), seed=6)
    options = Distributed(scheduler_file=str(path), timeout=60)
    with Threads(threads=1).start() as engine:
        expected = kit.bits(engine.reduce(data, kit.SUMS))
    with scheduler(path) as process, worker(path), options.start(ship=(kit.module,)) as engine:
        assert kit.bits(engine.reduce(kit.on_dask(data), kit.SUMS)) == expected
        threading.Timer(0.5, process.kill).start()
        with pytest.raises(ClusterError, match=r"lost \(scheduler-connection-lost\)"):
            engine.reduce(data, RowPass(lambda span: sleep(60), kit.add))
    assert "Traceback" not in capfd.readouterr().err


def test_no_scheduler_within_the_timeout():
    start = monotonic()
    before = set(threading.enumerate())
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 ") as e:
        Distributed(address="tcp://127.0.0.1:1", timeout=1).start()
    assert monotonic() - start < 10
    assert e.value.exit_code == Exit.UNAVAILABLE == 69
    assert "Start one (dask scheduler)" in e.value.remedy
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("address", ["nonsense://a", "tcp://no.such.host.invalid:8786"])
def test_an_address_that_cannot_be(address):
    with pytest.raises(ClusterError, match=f"no Dask scheduler answers at {address}"):
        Distributed(address=address, timeout=1).start()


def test_no_workers_within_the_timeout(start_cluster):
    cluster = start_cluster(n_workers=0)
    with pytest.raises(ClusterError, match="has no workers after 1 s"):
        Distributed(address=cluster.scheduler_address, timeout=1).start()
    cluster.close()


def test_a_scheduler_file_that_is_not_there(tmp_path):
    path = tmp_path / "none.json"
    with pytest.raises(ClusterError, match=r"none.json does not exist after 0.2 s") as caught:
        Distributed(scheduler_file=str(path), timeout=0.2).start()
    assert f"--scheduler-file {path}" in caught.value.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"type": "Scheduler"})])
def test_a_scheduler_file_without_an_address(tmp_path, text):
    path = tmp_path / "scheduler.json"
    path.write_text(text)
    with pytest.raises(ClusterError, match=r"scheduler\.json holds no address"):
        Distributed(scheduler_file=str(path), timeout=0.2).start()


def test_a_scheduler_file_that_comes_late(tmp_path, cluster):
    path = tmp_path / "scheduler.json"
    text = json.dumps({"address": cluster.scheduler_address})
    threading.Timer(0.3, path.write_text, [text]).start()
    with Distributed(scheduler_file=str(path), timeout=10).start() as engine:
        assert engine.client.scheduler.address == cluster.scheduler_address


def versions(**workers):
    ours = {"gmmflow": "1.0", "numpy": "2.4", "scipy": "1.17"}
    return {
        "client": {"packages": ours},
        "scheduler": {"packages": dict(ours)},
        "workers": {
            address: theirs and {"packages": ours | theirs} for address, theirs in workers.items()
        },
    }


def test_equal_versions_say_nothing(caplog):
    _check_versions(versions(a={"python": "3.12"}, gone=None))
    assert caplog.records == []


@pytest.mark.parametrize(("theirs", "words"), [("0.9", "0.9 on"), (None, "not installed on")])
def test_another_gmmflow_is_refused(theirs, words):
    with pytest.raises(ClusterError, match=f"gmmflow is 1.0 here and {words} worker b"):
        _check_versions(versions(a={"numpy": "2.4"}, b={"gmmflow": theirs}))


def test_another_numpy_is_warned_of(caplog):
    _check_versions(versions(a={"numpy": "2.3"}))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "numpy is 2.4 here and 2.3 on worker a: results agree to rounding" in caplog.text


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("tcp://127.0.0.1:8786", False), ("tcp://[::1]:8786", False), ("tls://10.0.0.3:1", False),
        ("inproc://10.0.0.3/1/1", False), ("tcp://localhost:1", False),
        ("tcp://10.0.0.3:8786", True), ("tcp://head.example.org:8786", True),
        ("ws://10.0.0.3:1", True),
    ],
)  # fmt: skip
def test_an_open_connection_is_warned_of(caplog, address, open_):
    _warn_if_open(address)
    assert [r.levelno for r in caplog.records] == [logging.WARNING] * open_
    assert ("is not encrypted" in caplog.text) == open_


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A certificate that signs itself, so that it is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    files = {"tls_ca_file": folder / "cert.pem", "tls_cert": folder / "cert.pem",
             "tls_key": folder / "key.pem"}  # fmt: skip
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", str(files["tls_key"]), "-out", str(files["tls_cert"]), "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")  # fmt: skip
    return {name: str(path) for name, path in files.items()}


def test_an_encrypted_cluster(kit, tls, tmp_path, caplog):
    path = tmp_path / "scheduler.json"
    flags = ("--tls-ca-file", tls["tls_ca_file"], "--tls-cert", tls["tls_cert"],
             "--tls-key", tls["tls_key"])  # fmt: skip
    data = kit.dataset((5, 6))
    with scheduler(path, "--protocol", "tls", *flags), worker(path, *flags):
        with Distributed(scheduler_file=str(path), **tls).start(ship=(kit.module,)) as engine:
            assert engine.client.scheduler.address.startswith("tls://")
            assert engine.reduce(data, RowPass(lambda span: len(span.rows), kit.add)) == 11
        assert "not encrypted" not in caplog.text
        address = json.loads(path.read_text())["address"]
        with pytest.raises(ClusterError, match="no Dask scheduler answers at tls://"):
            Distributed(address=address, timeout=2).start()


def test_a_certificate_that_is_not_there(tls):
    options = Distributed(address="tls://127.0.0.1:1", **(tls | {"tls_key": "no-such.pem"}))
    with pytest.raises(ClusterError, match=r"no-such\.pem does not exist"):
        options.start()
