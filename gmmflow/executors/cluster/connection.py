"""To a scheduler, and the checks on who answers there."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gmmflow.errors import ClusterError

if TYPE_CHECKING:
    from gmmflow.executors.distributed import Distributed

logger = logging.getLogger("gmmflow.executors")


@contextmanager
def connected(options: Distributed) -> Iterator[Any]:
    """A client of the cluster, with at least one worker there, closed at the end.

    Raises
    ------
    ClusterError
        No scheduler or no worker within the timeout, or another gmmflow runs there.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ClusterError(
            "the executor 'distributed' needs the package distributed, which is not installed",
            "Install it: pip install 'gmmflow[distributed]'",
        ) from None

    end = time.monotonic() + options.timeout
    address = options.address or _address_in(Path(options.scheduler_file or ""), options.timeout)
    security = _security(options)
    client: Any
    try:
        _knock(address, max(end - time.monotonic(), 0.1), security)
        client = Client(address, security=security, set_as_default=False, name="gmmflow")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address} ({_reason(error)})",
            "Start one (dask scheduler), or correct the address; run.timeout is "
            f"{options.timeout:g} s.",
        ) from error
    with _without_tracebacks(), closing(client):
        _wait_for_worker(client, address, end, options.timeout)
        _check_versions(client.get_versions(packages=["gmmflow", "numpy", "scipy"]))
        _warn_if_open(client.scheduler.address)
        yield client


@contextmanager
def _without_tracebacks() -> Iterator[None]:
    """Dask's client logs a traceback when it cannot reconnect; our error says it in a line."""
    log = logging.getLogger("distributed.client")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def _knock(address: str, timeout: float, security: Any) -> None:
    """Connect once: a client that cannot would leave a thread behind for every attempt."""
    from distributed.comm.core import connect

    async def connect_once() -> None:
        comm = await connect(address, timeout=timeout, **security.get_connection_args("client"))
        await comm.close()

    # In a thread of its own, because the caller may be in an event loop (Jupyter).
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, connect_once()).result()


def _address_in(path: Path, timeout: float) -> str:
    """Address in a scheduler file, which may still have to be written."""
    end = time.monotonic() + timeout
    while True:
        try:
            # A file that is being written is not JSON yet.
            return str(json.loads(path.read_text())["address"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if time.monotonic() > end:
                found = (
                    f"holds no address ({_reason(error)})" if path.exists() else "does not exist"
                )
                raise ClusterError(
                    f"the scheduler file {path} {found} after {timeout:g} s",
                    f"Start a scheduler that writes it: dask scheduler --scheduler-file {path}",
                ) from None
        time.sleep(min(0.05, timeout))


def _security(options: Distributed) -> Any:
    from distributed import Security

    if options.tls_ca_file is None:
        return Security()  # what Dask's own configuration says
    for path in (options.tls_ca_file, options.tls_cert, options.tls_key):
        if not Path(str(path)).is_file():
            raise ClusterError(
                f"the TLS file {path} does not exist", "Correct its path in the config."
            )
    return Security(
        require_encryption=True,
        tls_ca_file=options.tls_ca_file,
        tls_client_cert=options.tls_cert,
        tls_client_key=options.tls_key,
    )


def _wait_for_worker(client: Any, address: str, end: float, timeout: float) -> None:
    try:
        client.wait_for_workers(1, timeout=max(end - time.monotonic(), 0.1))
    except TimeoutError:
        raise ClusterError(
            f"the scheduler at {address} has no workers after {timeout:g} s",
            f"Start some (dask worker {address}), or raise run.timeout.",
        ) from None


def _check_versions(found: dict[str, Any]) -> None:
    """Refuse another gmmflow, warn of another NumPy or SciPy.

    Our values travel pickled, so another gmmflow may misread them: refused. Another NumPy or
    SciPy gives right results, but not the same bits on every worker: a warning.
    """
    ours = found["client"]["packages"]
    hosts = {"the scheduler": found["scheduler"]} | {
        f"worker {address}": answer for address, answer in found["workers"].items()
    }
    for host, answer in hosts.items():
        if answer is None:  # gone between the list and the question
            continue
        theirs = answer["packages"]
        for package in ("gmmflow", "numpy", "scipy"):
            here, there = ours.get(package), theirs.get(package)
            if here == there:
                continue
            text = f"{package} is {here} here and {there or 'not installed'} on {host}"
            if package == "gmmflow":
                raise ClusterError(text, "Install the same gmmflow on every machine.")
            if host != "the scheduler":
                logger.warning("%s: results agree to rounding, but are not reproducible", text)


def _warn_if_open(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme in ("tls", "wss", "inproc") or _loopback(parts.hostname or ""):
        return
    logger.warning(
        "the connection to %s is not encrypted, and whoever reaches that port can run code "
        "there: use tls://",
        address,
    )


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
