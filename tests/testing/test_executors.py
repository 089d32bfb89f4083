"""Each law of executors is broken by some stage, and the kit notices."""

import re
import threading
from typing import ClassVar, Literal

import pytest

from gmmflow import Executor
from gmmflow.executors.base import Engine
from gmmflow.executors.threads import Threads
from gmmflow.testing import executors
from gmmflow.testing.law import laws_in


class Changed(Engine):
    """One thread, and something is wrong with it."""

    def __init__(self, wrong):
        self.wrong = wrong
        self.inner = Threads(threads=1).start()
        self.gone = threading.Event()
        if wrong == "close":
            # It waits until the test has looked.
            threading.Thread(target=self.gone.wait, args=(0.5,), name="left over").start()

    def reduce(self, data, work):
        try:
            if self.wrong == "order":
                total = None
                for chunk in reversed(list(self.inner.each(data, lambda chunk: chunk))):
                    total = work.combine(total, work.chunk(chunk))
                return total
            found = self.inner.reduce(data, work)
        except ArithmeticError:
            if self.wrong == "errors":
                raise RuntimeError("a task failed") from None
            raise
        return 0.0 if found is None and self.wrong == "nothing" else found

    def each(self, data, task):
        found = self.inner.each(data, task)
        return reversed(list(found)) if self.wrong == "each" else found

    def close(self):
        self.inner.close()


class Slow(Executor):
    """One thread, and something is wrong with it."""

    type: Literal["local.slow"] = "local.slow"
    wrong: ClassVar[str] = ""

    def start(self, ship=()):
        return Changed(self.wrong)


def executor(wrong):
    return type("Slow", (Slow,), {"__doc__": Slow.__doc__, "wrong": wrong})


CASES = [
    ("sums have the bits of one thread", "order", "the first sum over"),
    ("tasks come in the order of the chunks, once each", "each", "chunks in memory"),
    ("no rows have no sum", "nothing", "gave 0.0"),
    ("an error of a task arrives as it is, and work can go on", "errors", "RuntimeError"),
    ("leaving gives everything back, also after an error", "close", "left over"),
]


@pytest.mark.parametrize(("law", "wrong", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, wrong, text):
    found = failures(executor(wrong))
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(executors)}


def test_a_lawful_executor_passes_all(failures):
    assert failures(executor("")) == {}
