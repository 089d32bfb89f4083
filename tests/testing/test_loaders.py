"""Each law of loaders is broken by some stage, and the kit notices."""

import re
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from gmmflow.errors import DataError, InputMissing
from gmmflow.loaders.csv import Csv
from gmmflow.testing import loaders
from gmmflow.testing.defaults import write_csv
from gmmflow.testing.law import laws_in

CALLS = []


class Changed(Csv):
    """A table, and something is wrong with it."""

    wrong: ClassVar[str] = ""

    def load(self, context):
        try:
            data = super().load(context)
        except InputMissing as error:
            if self.wrong == "missing":
                raise DataError(error.message) from None
            raise
        CALLS.append(data)
        if self.wrong == "finite":
            return replace(data, rows=np.where(data.rows > 0.0, data.rows, np.nan))
        if self.wrong == "labels":
            return replace(data, labels=data.labels.astype(np.int64))
        if self.wrong == "twice":
            return replace(data, fingerprint=f"sha256:{len(CALLS)}")
        if self.wrong == "budget" and context.in_memory == 0:
            return replace(data, chunks=(data.n_rows,), rows=data.rows.rechunk(-1))
        if self.wrong == "files":
            (context.folder / "rows.cache").write_text("")
        return data

    def inspect(self, context):
        source = super().inspect(context)
        return replace(source, names=source.names[::-1]) if self.wrong == "inspect" else source


def loader(wrong):
    return type("Changed", (Changed,), {"__doc__": Changed.__doc__, "wrong": wrong})


CASES = [
    ("the rows are numbers of the type that is said", "finite", "not finite"),
    ("weights and labels belong to the rows", "labels", "labels are int64"),
    ("reading twice gives the same", "twice", "fingerprint changes"),
    (
        "the memory budget changes where the rows are, not what they are",
        "budget", "in memory",
    ),
    ("inspect says what load will read", "inspect", "are loaded"),
    ("a file that is not there is an InputMissing error", "missing", "DataError instead"),
    ("loading leaves nothing behind", "files", "rows.cache"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "wrong", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, wrong, text):
    found = failures(loader(wrong), options=write_csv)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(loaders)}


def test_a_lawful_loader_passes_all(failures):
    assert failures(loader(""), options=write_csv) == {}
