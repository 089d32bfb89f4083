"""The only place where everything meets: from a config, or from arrays, to a fitted model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gmmflow.em.pipeline import Fitted, fit_mixture, scanner
from gmmflow.em.settings import Settings
from gmmflow.errors import ConfigError, DataError
from gmmflow.loaders.base import LoadContext
from gmmflow.memory import row_budget
from gmmflow.model import MixtureModel
from gmmflow.plugin.blame import blame
from gmmflow.reporters.base import ReportContext, Reporter, Watcher
from gmmflow.values.trace import Reason

if TYPE_CHECKING:
    from gmmflow.config.loading import LoadedConfig
    from gmmflow.executors.base import Engine, Executor
    from gmmflow.plugin.manager import Registry
    from gmmflow.values.dataset import Dataset


def run(
    config: str | Path | Mapping[str, Any],
    overrides: Sequence[str] = (),
    restart: bool = False,
) -> MixtureModel:
    """Run a config from reading the data to a finished run folder.

    A folder that holds the finished run of the same config is not run again.

    Parameters
    ----------
    config : path or mapping
        The YAML file, or its content.
    overrides : sequence of str
        ``a.b=value``, as with ``--set``.
    restart : bool
        Remove the results of an earlier run from the folder and start over.

    Returns
    -------
    MixtureModel

    Raises
    ------
    GmmflowError
        Of the class that says what to do; see `gmmflow.errors`.
    """
    from gmmflow.config import load as load_config
    from gmmflow.run_folder.recall import recall
    from gmmflow.run_folder.recorder import Recorder

    loaded = load_config(config, overrides)
    recorder = Recorder.claim(loaded, restart)
    if recorder.finished:
        model = load(recorder.path)
        recall(recorder, loaded, model.result)
        return model
    reporters = loaded.config.report
    with recorder, ExitStack() as stack:
        engine = stack.enter_context(start_engine(loaded.config.run, loaded.registry))
        data = load_data(loaded)
        recorder.read(data)
        context = ReportContext(recorder.path, sys.stdout, sys.stderr, loaded.name)
        watchers = [recorder.trace(), *watch(stack, reporters, context)]
        settings = settings_of(loaded)
        fitted = fit_blamed(data, settings, engine, watchers, reporters, loaded.registry)
        recorder.save(fitted)
        finish(data, engine, fitted, watchers, reporters, loaded.registry)
        stop = fitted.result.fit.stop
        if (
            stop.reason in (Reason.ITERATION_LIMIT, Reason.TIME_LIMIT)
            and loaded.config.fit.on_limit == "fail"
        ):
            raise DataError(f"not converged: {stop.message}", stop.remedy)
    return MixtureModel(fitted, recorder.path)


def load(folder: str | Path) -> MixtureModel:
    """The model of a finished run folder, or of one that `MixtureModel.save` wrote.

    Raises
    ------
    InputMissing
        There is no model.
    DataError
        Its files are damaged.
    """
    from gmmflow.run_folder.model_file import load_model

    return MixtureModel(load_model(Path(folder)), Path(folder))


def fit(
    x: Any,
    components: Any,
    *,
    distribution: Any = "gaussian",
    init: Any = "kmeans++",
    transform: Sequence[Any] = (),
    e_step: Any = "soft",
    m_step: Any = "ml",
    convergence: Sequence[Any] = ("log_likelihood", "max_iterations"),
    restarts: int = 1,
    seed: int = 0,
    select: Any = "bic",
    sample_weight: Any = None,
    labels: Any = None,
    run: Any = "threads",
    report: Sequence[Any] = (),
) -> MixtureModel:
    """Fit a mixture to rows.

    Stages are given as in YAML: a name, a mapping with ``type``, or a stage.

    Parameters
    ----------
    x : array-like, DataFrame or Dask array, (n, d)
        One-dimensional input is one column.
    components : int, sequence of int, or mapping
        Number of components; several, such as ``range(1, 10)``, are compared.
    distribution : stage, or sequence of stages
        What a component is; several are compared, each with each number of components. In one
        of its options a list, or ``"all"`` as in ``{"type": "gaussian", "covariance": "all"}``,
        means one of each.
    init, transform, e_step, m_step, convergence, run, report
        Stages; sequences where YAML has lists.
    restarts : int
        Starts of different seeds for each model, fitted side by side; the best is kept.
    seed : int
    select : str or mapping
        What compares models: "bic", "aic", "icl", or "held_out"; ``{"criterion": "held_out",
        "fraction": 0.3}`` says how many rows are left out.
    sample_weight : (n,), optional
        Row weights.
    labels : (n,), optional
        Known classes, for ``init="labels"`` and the class table.

    Returns
    -------
    MixtureModel

    Examples
    --------
    >>> import numpy as np
    >>> x = np.concatenate([np.arange(5.0), 100 + np.arange(5.0)])
    >>> fit(x, 2).means.ravel().round(6)
    array([  2., 102.])
    """
    from gmmflow.config import build_stage
    from gmmflow.config.loading import build_section
    from gmmflow.config.model import ModelSection, SelectSection
    from gmmflow.loaders.arrays import from_arrays
    from gmmflow.plugin.manager import Registry

    registry = Registry()

    def stages(kind: str, descriptions: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(build_stage(kind, each, registry) for each in descriptions)

    (executor,) = stages("executors", [run])
    reporters = stages("reporters", report)
    described = {"components": numbers_of(components), "distribution": distribution}
    model: ModelSection = build_section(ModelSection, described, registry)
    chosen = {"criterion": select} if isinstance(select, str) else select
    selection: SelectSection = build_section(SelectSection, chosen, registry)
    settings = Settings(
        transforms=stages("transforms", transform),
        components=model.components,
        distributions=model.distribution,
        init=stages("initializers", [init])[0],
        e_step=stages("e_steps", [e_step])[0],
        m_step=stages("m_steps", [m_step])[0],
        convergence=stages("convergence", convergence),
        restarts=restarts,
        seed=seed,
        criterion=selection.criterion,
        held_out=selection.fraction,
    )
    data = from_arrays(x, sample_weight, labels)
    with ExitStack() as stack:
        engine = stack.enter_context(start_engine(executor, registry))
        watchers = watch(stack, reporters, ReportContext(None, sys.stdout, sys.stderr))
        fitted = fit_blamed(data, settings, engine, watchers, reporters, registry)
        finish(data, engine, fitted, watchers, reporters, registry)
    return MixtureModel(fitted)


def numbers_of(components: Any) -> list[int]:
    """Numbers of components, as Python and NumPy write them.

    Raises
    ------
    ConfigError
        They are none.
    """
    from gmmflow.config.candidates import component_numbers

    plain = components.tolist() if hasattr(components, "tolist") else components
    try:
        return list(component_numbers(list(plain) if isinstance(plain, range) else plain))
    except ValueError as error:
        raise ConfigError(f"components {error}, is {components!r}") from None


def settings_of(loaded: LoadedConfig) -> Settings:
    """What a config says of the fit."""
    config = loaded.config
    return Settings(
        transforms=config.transform,
        components=config.model.components,
        distributions=config.model.distribution,
        init=config.init,
        e_step=config.fit.e_step,
        m_step=config.fit.m_step,
        convergence=config.fit.convergence,
        restarts=config.fit.restarts,
        seed=config.seed,
        folder=loaded.folder,
        criterion=config.select.criterion,
        held_out=config.select.fraction,
    )


def load_data(loaded: LoadedConfig) -> Dataset:
    """The data of a config, in memory if they are small against the budget."""
    held = row_budget(loaded.config.run.memory)
    context = LoadContext(loaded.folder, held, loaded.config.seed)
    with blame(loaded.config.data, loaded.registry):
        return loaded.config.data.load(context)


def start_engine(executor: Executor, registry: Registry) -> Engine:
    """The started executor, which knows the local plugin files."""
    with blame(executor, registry):
        return executor.start(registry.modules)


def watch(stack: ExitStack, reporters: Sequence[Reporter], context: ReportContext) -> list[Watcher]:
    """Watchers of all reporters, to be closed with the stack."""
    watchers = [reporter.watch(context) for reporter in reporters]
    for watcher in watchers:
        stack.callback(watcher.close)
    return watchers


def fit_blamed(
    data: Dataset,
    settings: Settings,
    engine: Engine,
    watchers: Sequence[Watcher],
    reporters: Sequence[Reporter],
    registry: Registry,
) -> Fitted:
    """Fit, and name the stage if one raises what it should not."""
    keep_history = any(reporter.wants_history for reporter in reporters)
    with blame([*settings.stages, *reporters], registry):
        return fit_mixture(data, settings, engine, watchers, keep_history)


def finish(
    data: Dataset,
    engine: Engine,
    fitted: Fitted,
    watchers: Sequence[Watcher],
    reporters: Sequence[Reporter],
    registry: Registry,
) -> None:
    """Let the reporters write what was found."""
    if not watchers:
        return
    scan = scanner(data, engine, fitted)
    with blame(reporters, registry):
        for watcher in watchers:
            watcher.finish(fitted.result, scan)
