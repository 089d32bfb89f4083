"""A running Dask cluster: its scheduler's address, or the file that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from gmmflow.executors.base import Executor
from gmmflow.stage import Field

if TYPE_CHECKING:
    from gmmflow.executors.cluster.engine import ClusterEngine


class Distributed(Executor):
    """The workers of a Dask cluster that somebody else started and will stop."""

    type: Literal["distributed"] = "distributed"
    address: str | None = Field(
        None,
        description="Address of the scheduler; tls:// encrypts.",
        examples=["tcp://127.0.0.1:8786", "tls://head.example.org:8786"],
    )
    scheduler_file: str | None = Field(
        None,
        description="File that `dask scheduler --scheduler-file` writes, relative to the folder "
        "in which gmmflow was started.",
    )
    timeout: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="Seconds to wait for a scheduler, for a first worker, and for workers to "
        "come back when all are gone.",
    )
    tls_ca_file: str | None = Field(
        None, description="Certificate of the authority that signed the cluster's certificates."
    )
    tls_cert: str | None = Field(None, description="Our certificate, a PEM file.")
    tls_key: str | None = Field(None, description="The key of our certificate, a PEM file.")

    @model_validator(mode="after")
    def _one_address(self) -> Distributed:
        if (self.address is None) == (self.scheduler_file is None):
            raise ValueError("give either address or scheduler_file, and not both")
        return self

    @model_validator(mode="after")
    def _whole_tls(self) -> Distributed:
        files = (self.tls_ca_file, self.tls_cert, self.tls_key)
        if any(files) and not all(files):
            raise ValueError("tls_ca_file, tls_cert and tls_key belong together: give all three")
        if any(files) and self.address is not None and not self.address.startswith("tls://"):
            raise ValueError(f"TLS files need an address that starts with tls://: {self.address}")
        return self

    def start(self, ship: tuple[Any, ...] = ()) -> ClusterEngine:
        """Connect, and wait for a first worker.

        Raises
        ------
        ClusterError
            No scheduler or no worker within the timeout, or another gmmflow runs there.
        """
        from gmmflow.executors.cluster.connection import connected
        from gmmflow.executors.cluster.engine import ClusterEngine

        return ClusterEngine(connected(self), self.timeout, ship)
