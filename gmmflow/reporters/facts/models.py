"""The models that were compared: a table of all, and the reasons of those that are degenerate."""

from __future__ import annotations

from dataclasses import dataclass

from gmmflow.reporters.facts import text
from gmmflow.values.criteria import CRITERIA, Criterion
from gmmflow.values.fit import Model, ranked
from gmmflow.values.result import Result

#: Names of models that one sentence lists.
NAMES = 4


@dataclass(frozen=True)
class Refusal:
    """Models that are degenerate for one reason.

    Attributes
    ----------
    names : str
        ``3 models (4 components of gaussian VVV, ...)``.
    message : str
        What happened to the first of them.
    remedy : str
    alike : bool
        Whether the message is that of all.
    """

    names: str
    message: str
    remedy: str
    alike: bool


@dataclass(frozen=True)
class Comparison:
    """All models of a result.

    Attributes
    ----------
    criterion : Criterion
    chosen : Model
    ranked : tuple of Model
        Those with a usable start, the best first.
    degenerate : tuple of Model
        The others, in their order.
    numbers : tuple of int
        Numbers of components, ascending.
    laws : tuple of str
        Distributions in their order, as short as they differ: ``VVV`` for ``gaussian VVV``.
    cells : tuple of tuple of Model
        By law, then by number of components.
    """

    criterion: Criterion
    chosen: Model
    ranked: tuple[Model, ...]
    degenerate: tuple[Model, ...]
    numbers: tuple[int, ...]
    laws: tuple[str, ...]
    cells: tuple[tuple[Model, ...], ...]

    def value(self, model: Model, decimals: int | None = None) -> str:
        """The criterion of a model, ``-`` where it is degenerate."""
        value = model.value(self.criterion.name)
        if value is None:
            return "-"
        return text.total(value) if decimals is None else f"{value:.{decimals}f}"

    @property
    def refusals(self) -> list[Refusal]:
        """Why models are degenerate, those of one remedy together."""
        groups: dict[str, list[Model]] = {}
        for model in self.degenerate:
            groups.setdefault(model.stop.remedy, []).append(model)
        return [
            Refusal(
                f"{text.count(len(models), 'model')} "
                f"({text.listing((model.name for model in models), NAMES)})",
                models[0].stop.message,
                remedy,
                len({model.stop.message for model in models}) == 1,
            )
            for remedy, models in groups.items()
        ]


def comparison(result: Result) -> Comparison | None:
    """The comparison of a result, None where there was one model."""
    models = result.models
    if len(models) == 1:
        return None
    numbers = sorted({model.n_components for model in models})
    # Models come number by number, each with every distribution in the same order.
    columns = [[m for m in models if m.n_components == number] for number in numbers]
    cells = tuple(zip(*columns, strict=True))
    return Comparison(
        criterion=CRITERIA[result.criterion],
        chosen=result.model,
        ranked=tuple(ranked(models, result.criterion)),
        degenerate=tuple(model for model in models if model.best is None),
        numbers=tuple(numbers),
        laws=_short([row[0].label for row in cells]),
        cells=cells,
    )


def _short(labels: list[str]) -> tuple[str, ...]:
    """Labels without the first word, where all of them have it and say more; twins are numbered."""
    words = [label.split(" ", 1) for label in labels]
    if (
        len(labels) > 1
        and all(len(each) == 2 for each in words)
        and len({w[0] for w in words}) == 1
    ):
        labels = [each[1] for each in words]
    return tuple(
        f"{label} #{labels[: i + 1].count(label)}" if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    )
