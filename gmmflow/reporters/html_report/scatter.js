"use strict";
// The data with the components: a scatter plot of two columns, or a histogram of the only one.
const view = { across: page.lead[0], up: page.lead[page.lead.length - 1] };

function range(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  const margin = 0.08 * (high - low) || 1;
  return [low - margin, high + margin];
}

function columnAxis(column) {
  const ends = page.curve
    ? [page.curve[0], page.curve.at(-1)] : range(page.points.columns[column]);
  return axis(page.names[column], { range: ends });
}

function percent(weight) { return (100 * weight).toFixed(1) + " %"; }

function pointsOf(component) {
  const x = page.points.columns[view.across], y = page.points.columns[view.up];
  const rows = page.points.component.flatMap((c, n) => (c === component ? [n] : []));
  const other = component < 0;
  return {
    type: "scatter", mode: "markers", x: rows.map((n) => x[n]), y: rows.map((n) => y[n]),
    name: other ? "others"
      : `component ${page.components[component]} (${percent(page.mixture.weights[component])})`,
    legendgroup: String(component), hovertemplate: "%{x}, %{y}",
    marker: {
      size: 6, opacity: Number(colour("dots")), color: other ? colour("quiet") : page.colours[component],
      symbol: other ? "circle-open" : page.symbols[component],
    },
  };
}

function histogram() {
  return {
    type: "histogram", x: page.points.columns[0], histnorm: "probability density",
    nbinsx: Math.max(24, Math.ceil(3 * Math.cbrt(page.points.columns[0].length))),
    marker: { color: colour("grid"), line: { color: colour("line"), width: 1 } },
    name: "rows", hovertemplate: "%{x}: %{y}",
  };
}

function drawData() {
  const traces = outlines(page.mixture, view.across, view.up);
  let up;
  if (page.curve) {
    traces.unshift(histogram());
    traces.slice(2).forEach((trace, i) => Object.assign(trace, {
      showlegend: true,
      name: `component ${page.components[i]} (${percent(page.mixture.weights[i])})`,
    }));
    up = axis("density", { rangemode: "tozero" });
  } else {
    const shown = page.components.map((_, i) => i);
    if (page.points.component.includes(-1)) shown.unshift(-1);
    traces.unshift(...shown.map(pointsOf));
    traces.push(numbers(page.mixture, view.across, view.up));
    up = columnAxis(view.up);
  }
  Plotly.react("data-plot", traces,
    layout(columnAxis(view.across), up, { showlegend: true }), settings);
  const names = page.curve ? page.names[0] : `${page.names[view.up]} against ${page.names[view.across]}`;
  const words = page.curve
    ? `Histogram of ${names} with the weighted density of each component.`
    : `${names}; each row has the colour and symbol of its component. ` +
      "Ellipses at one and two standard deviations.";
  document.getElementById("data-caption").textContent = words;
  describe("data-plot", words);
}

function fillChooser() {
  for (const id of ["across", "up"]) {
    const select = document.getElementById(id);
    page.names.forEach((name, i) => select.add(new Option(name, i, false, i === view[id])));
    select.addEventListener("change", () => { view[id] = Number(select.value); drawAll(); });
  }
  document.getElementById("chooser").hidden = page.names.length < 3;
}

fillChooser();
plots.push(drawData);
drawData();
