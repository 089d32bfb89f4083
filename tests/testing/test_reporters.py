"""Each law of reporters is broken by some stage, and the kit notices."""

import re
from typing import ClassVar, Literal

import pytest

from gmmflow import Reporter
from gmmflow.errors import OutputError
from gmmflow.reporters.base import Watcher
from gmmflow.testing import reporters
from gmmflow.testing.law import laws_in


class Lines(Watcher):
    """Writes a line at the end, and something is wrong with it."""

    def __init__(self, context, wrong):
        self.context, self.wrong, self.file = context, wrong, None
        if context.folder is not None and wrong != "silent":
            self.file = (context.folder / "lines.txt").open("w")

    def step(self, step, mixture):
        if self.wrong == "changes":
            mixture.weights[:] = 1.0 / len(mixture.weights)

    def finish(self, result, scan):
        if self.wrong == "silent":
            return
        line = f"{result.fit.log_likelihood}\n"
        print(line, file=self.file or self.context.stdout)
        if self.wrong == "outside":
            (self.context.folder.parent / "elsewhere.txt").write_text(line)
        if self.wrong == "streams":
            self.context.stdout.close()

    def close(self):
        if self.file is not None and self.wrong != "open":
            self.file.close()


class Text(Reporter):
    """Writes a line at the end, and something is wrong with it."""

    type: Literal["local.text"] = "local.text"
    wrong: ClassVar[str] = ""

    @property
    def files(self):
        return () if self.wrong == "forgets" else ("lines.txt",)

    def watch(self, context):
        if context.folder is None and self.wrong == "folderless":
            raise OutputError("there is no folder")
        return Lines(context, self.wrong)


KEPT = []


class Hoarder(Text):
    """Holds what it opened."""

    def watch(self, context):
        KEPT.append(Lines(context, "open"))
        return KEPT[-1]


def reporter(wrong):
    return type("Text", (Text,), {"__doc__": Text.__doc__, "wrong": wrong})


CASES = [
    ("it reports on a fit", reporter("silent"), "nothing was written"),
    ("it writes below the run folder only, and says what", reporter("outside"), "elsewhere.txt"),
    ("it writes below the run folder only, and says what", reporter("forgets"), "does not name"),
    ("it changes nothing that is fitted", reporter("changes"), "watched fit"),
    ("it can be closed at any moment", Hoarder, "still open: .*lines.txt"),
    ("its streams stay open", reporter("streams"), "closed a stream"),
    (
        "without a run folder it reports to its streams, or says so at once",
        reporter("folderless"), "lacks a remedy",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[text for *_, text in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage)
    while KEPT:
        if (file := KEPT.pop().file) is not None:
            file.close()
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_every_law_is_broken_somewhere():
    assert {law for law, *_ in CASES} == {law.name for law in laws_in(reporters)}


def test_a_lawful_reporter_passes_all(failures):
    assert failures(reporter("")) == {}
