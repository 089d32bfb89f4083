"""The page in a real browser: drawn, stepped through, silent on the network, not taken over."""

from dataclasses import replace

import numpy as np
import pytest

from gmmflow.reporters.html import Html
from gmmflow.reporters.html_report.page import SCRIPTS, _file
from gmmflow.values.result import ClassTable
from gmmflow.values.trace import Reason, Stop

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
)
OUTLINE = "document.querySelector('#replay-plot .scatterlayer .trace:nth-child(2) path.js-line')"


@pytest.fixture
def opened(browser, context):
    def open_(case, **options):
        case.report(Html(**options), context)
        browser.open(context.folder / "report.html")
        browser.wait("document.querySelector('#trace-plot .scatterlayer') !== null")
        return browser

    return open_


@pytest.fixture
def iris(make):
    x = np.random.default_rng(1).normal(size=(60, 3)) + np.repeat(np.eye(3) * 9, 20, axis=0)
    return make(x, ("a", "b", "c"), k=3, starts=2, iterations=8)


def test_a_page_of_a_few_megabytes(faithful, context):
    assert Html.wants_history
    faithful.report(Html(), context)
    page = (context.folder / "report.html").read_text()
    assert len(page) < 6e6
    for part in (
        'lang="en"', "<title>old_faithful", "-1130.26396", "2322.19", "Converged: the",
        "Aitken gap", "eigenvalue ratio", ">condition number<", "in the order of their means",
    ):  # fmt: skip
        assert part in page


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_cannot_end_their_element(name):
    assert "</script" not in _file(name)
    assert "innerHTML" not in _file(name)


def test_drawn_without_errors_and_without_network(faithful, opened):
    browser = opened(faithful)
    marks = "document.querySelectorAll('#data-plot .points path').length"
    assert browser.ask(marks) == 272
    assert browser.ask("document.querySelectorAll('#data-plot .js-line').length") == 4
    assert "Ellipses at one and two" in browser.ask(
        "document.getElementById('data-plot').getAttribute('aria-label')"
    )
    assert browser.complaints == []
    assert browser.requests == []


def test_the_replay_steps(faithful, opened):
    browser = opened(faithful)
    label = "document.getElementById('frame-label').textContent"
    colours = (
        "[...document.querySelectorAll('#replay-plot .points path')].map(p => p.style.fill).join()"
    )
    start = (browser.ask(label), browser.ask(f"{OUTLINE}.getAttribute('d')"), browser.ask(colours))
    assert start[0].startswith("Start · log-likelihood -")
    assert browser.ask("document.getElementById('previous').disabled")
    browser.click("#next")
    browser.wait(f"{label}.startsWith('Iteration 1 ')")
    assert browser.ask(f"{OUTLINE}.getAttribute('d')") != start[1]
    assert browser.ask(colours) != start[2]
    browser.click("#previous")
    browser.wait(f"{label}.startsWith('Start')")
    assert browser.ask(f"{OUTLINE}.getAttribute('d')") == start[1]
    browser.ask("slider.value = slider.max; slider.dispatchEvent(new Event('input'))")
    assert browser.ask(label).endswith("log-likelihood -1130.26396")
    assert browser.ask("document.getElementById('next').disabled")
    assert browser.complaints == []


def test_the_replay_plays_and_pauses(iris, opened):
    browser = opened(iris)
    label = "document.getElementById('frame-label').textContent"
    browser.click("#play")
    browser.wait(f"{label}.startsWith('Iteration 2 ')")
    assert browser.ask("document.getElementById('play').textContent") == "Pause"
    browser.click("#play")
    assert browser.ask("document.getElementById('play').textContent") == "Play"


def test_ellipses_are_those_of_the_covariance(iris, opened):
    browser = opened(iris)
    for across, up in ((0, 1), (2, 0), (1, 2)):
        found = browser.ask(
            f"(() => {{ const e = ellipse(page.mixture.means[1], page.mixture.covariances[1],"
            f"{across}, {up}, 2); return [e.x, e.y]; }})()"
        )
        parameters = iris.result.mixture.parameters
        square = parameters["covariances"][1][np.ix_([across, up], [across, up])]
        apart = np.array(found).T - parameters["means"][1][[across, up]]
        distance = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(square), apart)
        np.testing.assert_allclose(distance, 4, rtol=1e-2)


def test_other_columns_can_be_chosen(iris, opened):
    browser = opened(iris)
    assert browser.ask("document.getElementById('chooser').hidden") is False
    for plot in ("data-plot", "replay-plot"):
        browser.ask("across.value = 2; across.dispatchEvent(new Event('change'))")
        browser.ask("up.value = 0; up.dispatchEvent(new Event('change'))")
        assert browser.ask(f"document.querySelector('#{plot} .xtitle').textContent") == "c"
        assert browser.ask(f"document.querySelector('#{plot} .ytitle').textContent") == "a"
    assert browser.complaints == []


def test_one_column_is_a_histogram(make, faithful, opened):
    browser = opened(make(faithful.x[:, :1], ("eruptions",), starts=2, iterations=9))
    assert browser.ask("document.querySelectorAll('#data-plot .bars path').length") > 10
    browser.click("#next")
    browser.wait("document.getElementById('frame-label').textContent.startsWith('Iteration 1 ')")
    assert browser.complaints == []


def test_models_are_a_picture_with_a_line_for_each_distribution(faithful, opened):
    """Three numbers of components of two distributions, one of them without a value."""
    fit, stop = faithful.result.fit, Stop(Reason.DEGENERATE, "component 0: it emptied", "fewer")
    laws = [type("Law", (), {"label": f"gaussian {name}"})() for name in ("VVV", "EEE")]
    fits = [
        replace(fit, index=i, start=0, model=i, n_components=1 + i // 2, distribution=laws[i % 2],
                n_free=11 + abs(i - 2))
        for i in range(6)
    ]  # fmt: skip
    fits[5] = replace(fits[5], mixture=None, stop=stop)
    browser = opened(faithful.with_result(fits=tuple(fits), best=2))
    browser.wait("document.querySelector('#models-plot .scatterlayer') !== null")
    assert browser.ask("document.querySelectorAll('#models-plot .legendtext').length") == 2
    # Five values, and the ring round the chosen one.
    assert browser.ask("document.querySelectorAll('#models-plot .points path').length") == 6
    assert browser.ask("document.querySelector('#models-plot .xtitle').textContent") == "components"
    label = "document.getElementById('models-plot').getAttribute('aria-label')"
    assert "a line for each of 2 distributions" in browser.ask(label)
    assert browser.complaints == []


def test_hostile_names_are_only_shown(make, faithful, context, browser):
    case = make(faithful.x, (HOSTILE, "<b>x</b> %{y} &lt;"), starts=2, iterations=4)
    case = case.with_result(notes=(HOSTILE,), classes=ClassTable(np.eye(2), 0.5))
    case = case.with_data(label_names=(HOSTILE, "&lt;"), notes=(HOSTILE,), fingerprint=HOSTILE)
    case.report(Html(), replace(context, title=HOSTILE))
    browser.open(context.folder / "report.html")
    assert browser.ask("document.title") == f"{HOSTILE} · gmmflow report"
    assert browser.ask("document.querySelector('h1').textContent") == HOSTILE
    assert browser.ask("document.querySelector('#data-plot .xtitle').textContent") == HOSTILE
    assert browser.ask("document.querySelector('#data-plot .ytitle').textContent") == (
        "<b>x</b> %{y} &lt;"
    )
    assert browser.ask("document.querySelectorAll('img, script').length") == 3
    assert browser.complaints == []
    assert browser.requests == []


def test_the_policy_stops_scripts_that_are_not_ours(faithful, opened):
    browser = opened(faithful)
    browser.ask(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned=1\">');"
        "fetch('https://example.com').catch(() => { window.refused = true })"
    )
    browser.wait("window.refused")
    assert browser.ask("window.owned") is None
    assert any("Content Security Policy" in text for text in browser.complaints)


def test_light_dark_narrow_and_print(iris, opened, browser):
    opened(iris)
    fill = "getComputedStyle(document.querySelector('#data-plot .xtitle')).fill"
    assert browser.ask(fill) == "rgb(28, 36, 48)"
    browser.emulate(prefers_color_scheme="dark")
    browser.wait(f"{fill} === 'rgb(232, 236, 241)'")
    browser.resize(380, 900)
    browser.wait(
        "document.querySelector('#data-plot .main-svg').getBoundingClientRect().width < 370"
    )
    assert browser.ask("document.documentElement.scrollWidth") <= 380
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    browser.wait(f"{fill} === 'rgb(0, 0, 0)'")
    assert browser.ask("getComputedStyle(document.getElementById('next')).display") == "none"


def test_without_history_the_trace_is_still_drawn(faithful, opened):
    browser = opened(faithful.with_result(history=()))
    assert browser.ask("document.getElementById('slider').offsetParent") is None
    assert browser.ask("document.querySelectorAll('#trace-plot .js-line').length") == 3
    assert browser.complaints == []


def test_a_person_with_a_screen_reader_finds_the_way(iris, opened):
    browser = opened(iris)
    for plot in ("data-plot", "replay-plot", "trace-plot"):
        assert browser.ask(f"document.getElementById('{plot}').getAttribute('role')") == "img"
        assert (
            browser.ask(f"document.getElementById('{plot}').getAttribute('aria-label').length") > 20
        )
    unnamed = (
        "[...document.querySelectorAll('button, select, input')].filter(e => "
        "!e.textContent.trim() && !e.labels?.length && !e.ariaLabel).length"
    )
    assert browser.ask(unnamed) == 0
    assert browser.ask("[...document.querySelectorAll('h1,h2')].map(h => h.tagName)[0]") == "H1"
