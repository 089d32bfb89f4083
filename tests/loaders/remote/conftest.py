"""A server that speaks S3, on this machine."""

import gc
import logging
import os
import warnings
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Store:
    """A bucket, by S3 and by HTTP."""

    s3: str
    http: str
    files: object

    def write(self, name, content):
        self.files.pipe_file(f"{self.s3}/{name}", content, ACL="public-read")
        return f"{self.s3}/{name}"

    def copy(self, path, name):
        self.files.put(str(path), f"{self.s3}/{name}", recursive=True)
        return f"{self.s3}/{name}"


@pytest.fixture(scope="session")
def server():
    """Address of the server; without the packages a reason to skip, and in CI a failure."""
    try:
        import s3fs  # noqa: F401
        from moto.server import ThreadedMotoServer
    except ImportError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no local S3 server: {error}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def environment(server, monkeypatch):
    """What tells fsspec where the server is; forgotten again at the end."""
    import s3fs

    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    yield monkeypatch
    s3fs.S3FileSystem.clear_instance_cache()
    with warnings.catch_warnings():  # Zarr leaves the sessions of its stores open
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def store(server, environment, request):
    import s3fs

    files = s3fs.S3FileSystem(use_listings_cache=False)
    bucket = f"bucket-{abs(hash(request.node.nodeid))}"
    files.mkdir(bucket)
    return Store(f"s3://{bucket}", f"{server}/{bucket}", files)
