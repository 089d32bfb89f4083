"""What an executor is: where and how the work of a pass over the rows is done.

Laws: values are added in the order of `RowPass` (a tree over the spans of a chunk, then over the
chunks), so every executor gives the same bits; a failing task ends the pass with its own error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from pydantic import ByteSize

from gmmflow.stage import Field, Stage
from gmmflow.values.dataset import Chunk, Dataset
from gmmflow.values.row_pass import RowPass


class Engine(ABC):
    """A started executor. Use it as a context manager: leaving it gives everything back."""

    @abstractmethod
    def reduce(self, data: Dataset, work: RowPass) -> Any:
        """Sum of `work` over all rows; None if there are none."""

    @abstractmethod
    def each(self, data: Dataset, task: Callable[[Chunk], Any]) -> Iterator[Any]:
        """Results of `task` on every chunk, in the order of the chunks, as they come."""

    @abstractmethod
    def close(self) -> None:
        """Give back threads, connections and processes."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Executor(Stage):
    """Says where the work is done."""

    kind: ClassVar[str] = "executors"

    memory: ByteSize | None = Field(
        None,
        description="Memory budget of the whole process; by default what the system allows.",
        examples=["4GiB"],
    )

    @abstractmethod
    def start(self, ship: tuple[Any, ...] = ()) -> Engine:
        """Start working.

        Parameters
        ----------
        ship : tuple of module
            Modules of local plugin files, to be pickled by value for other processes.

        Raises
        ------
        ClusterError
            There is nothing to work on.
        """
