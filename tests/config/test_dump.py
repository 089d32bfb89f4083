import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gmmflow.config import dump_yaml, load
from gmmflow.config.dump import inline_yaml
from gmmflow.config.environment import substitute
from gmmflow.config.node import Source
from gmmflow.config.reader import read

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["no", "1e-6", "012", "0x1", "null", "~", "12:30", "${ENV:A}", " a", "#", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=10,
)


@example({"${ENV:": ["${ENV:A}", "$${ENV:"]})
@given(st.dictionaries(st.text(min_size=1), VALUES, max_size=4))
def test_values_come_back(values):
    problems = []
    node = read(dump_yaml(values), Source("fit.yaml"), problems)
    assert substitute(node, {}, problems).plain() == values
    assert problems == []


@given(VALUES)
def test_one_line(value):
    text = inline_yaml(value)
    assert "\n" not in text
    assert read(text, Source("fit.yaml"), []).plain() is not None or value is None


@pytest.mark.parametrize("text", ["1e-6", "no", "012", "0o7", "1_000", "12:30", "~", "2026-11-22"])
def test_readers_of_yaml_1_1_see_the_same_text(text):
    assert yaml.safe_load(dump_yaml({"a": text})) == {"a": text}


def test_it_is_pleasant_to_read():
    values = {"seed": 0, "data": {"type": "csv", "columns": ["a", "b"], "tolerance": 1e-8}}
    assert dump_yaml(values) == (
        "seed: 0\ndata:\n  type: csv\n  columns: [a, b]\n  tolerance: 1.0e-08\n"
    )


CONFIGS = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {"type": st.just("csv"), "path": st.text(min_size=1)},
            optional={"columns": st.lists(st.text(), min_size=1, max_size=2, unique=True)},
        ),
        "model": st.fixed_dictionaries({"components": st.integers(1, 9)}),
    },
    optional={
        "seed": st.integers(0, 2**63 - 1),
        "output": st.text(),
        "run": st.fixed_dictionaries(
            {"type": st.just("threads"), "memory": st.integers(1, 1 << 50)}
        ),
        "fit": st.fixed_dictionaries(
            {
                "convergence": st.just([{"type": "max_iterations"}])
                | st.floats(1e-300, 1).map(lambda t: [{"type": "log_likelihood", "tolerance": t}])
            }
        ),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONFIGS)
def test_a_resolved_config_is_the_same_config(tmp_path, values):
    loaded = load(values)
    path = tmp_path / "config.resolved.yaml"
    path.write_text(dump_yaml(loaded.resolved), encoding="utf-8", newline="")
    again = load(path)
    assert again.config == loaded.config
    assert again.resolved == loaded.resolved
