"use strict";
// From numbers to outlines: ellipses of covariance matrices, curves of densities.
const CIRCLE = Array.from({ length: 73 }, (_, i) => (i * Math.PI) / 36);

// Place of entry (i, j) in the upper triangle of a matrix of c columns, written row by row.
function entry(i, j, c) {
  const [a, b] = i < j ? [i, j] : [j, i];
  return (a * (2 * c - a - 1)) / 2 + b;
}

// The ellipse at so many standard deviations: the unit circle through the Cholesky factor.
function ellipse(mean, covariance, across, up, deviations) {
  const c = mean.length;
  const a = Math.sqrt(Math.max(covariance[entry(across, across, c)], 0));
  const slope = a > 0 ? covariance[entry(across, up, c)] / a : 0;
  const rest = Math.sqrt(Math.max(covariance[entry(up, up, c)] - slope * slope, 0));
  return {
    x: CIRCLE.map((t) => mean[across] + deviations * a * Math.cos(t)),
    y: CIRCLE.map((t) => mean[up] + deviations * (slope * Math.cos(t) + rest * Math.sin(t))),
  };
}

function faded(hex, opacity) {
  const part = (i) => parseInt(hex.slice(i, i + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${opacity})`;
}

// Outlines of all components of a mixture, as Plotly traces.
function outlines(mixture, across, up) {
  return page.curve ? densityCurves(mixture) : ellipses(mixture, across, up);
}

function ellipses(mixture, across, up) {
  const traces = [];
  mixture.means.forEach((mean, i) => {
    for (const deviations of [2, 1]) {
      traces.push(Object.assign(ellipse(mean, mixture.covariances[i], across, up, deviations), {
        mode: "lines", hoverinfo: "skip", legendgroup: String(i), showlegend: false,
        line: { color: page.colours[i], width: deviations === 1 ? 2.5 : 1.5 },
        fill: "toself", fillcolor: faded(page.colours[i], 0.09),
      }));
    }
  });
  return traces;
}

function densityCurves(mixture) {
  const total = page.curve.map((_, n) => mixture.densities.reduce((sum, d) => sum + d[n], 0));
  const curve = (y, line, more) =>
    Object.assign({ x: page.curve, y, mode: "lines", hoverinfo: "skip", line }, more);
  return [
    curve(total, { color: colour("text"), width: 1.5, dash: "dot" }, { name: "mixture" }),
    ...mixture.densities.map((density, i) =>
      curve(density, { color: page.colours[i], width: 2.5 },
        { legendgroup: String(i), showlegend: false })),
  ];
}

// The number of each component at its mean.
function numbers(mixture, across, up) {
  const at = (axis) => mixture.means.map((mean) => mean[axis]);
  return {
    x: at(across), y: at(up), mode: "text", hoverinfo: "skip", showlegend: false,
    text: page.components.map(String),
    textfont: { size: 18, color: colour("text"), weight: 700, shadow: `0 0 4px ${colour("page")}` },
  };
}
