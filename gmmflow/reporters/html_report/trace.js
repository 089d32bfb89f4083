"use strict";
// The log-likelihood of every start over the iterations; the kept start is the last of them.
const MARKED = 60; // more markers than this are one thick line
const kept = page.traces[page.traces.length - 1];

// Other starts may begin so far below that the climb of the kept one would look flat.
function heights() {
  const ends = page.traces.filter((t) => t.usable).map((t) => t.logLikelihood.at(-1));
  const all = kept.logLikelihood.concat(ends).filter((value) => value !== null);
  return range(all);
}

function drawTrace(iteration) {
  const others = page.traces.slice(0, -1).map((trace) => ({
    x: trace.iterations, y: trace.logLikelihood, mode: "lines", hoverinfo: "skip",
    line: { color: colour("quiet"), width: 1, dash: trace.usable ? "solid" : "dot" }, opacity: 0.45,
  }));
  const best = {
    x: kept.iterations, y: kept.logLikelihood, mode: kept.iterations.length > MARKED ? "lines" : "lines+markers",
    line: { color: colour("accent"), width: 2.5 }, marker: { size: 5 },
    hovertemplate: "iteration %{x}<br>%{y:.5f}<extra></extra>",
  };
  const traces = [...others, best];
  const frame = page.replay && page.replay.frames.find((f) => f.iteration === iteration);
  if (frame) {
    traces.push({
      x: [frame.iteration], y: [Number(frame.logLikelihood)], mode: "markers", hoverinfo: "skip",
      cliponaxis: false, marker: { size: 14, color: "rgba(0,0,0,0)", line: { color: colour("text"), width: 2.5 } },
    });
  }
  Plotly.react("trace-plot", traces, layout(
    axis("iteration", { rangemode: "tozero" }),
    axis("log-likelihood", { range: heights(), tickformat: ".6~r" })), settings);
}

const words = `Log-likelihood over ${kept.iterations.at(-1)} iterations, ` +
  `from ${kept.logLikelihood[0]} to ${kept.logLikelihood.at(-1)}` +
  (page.traces.length > 1 ? `; ${page.traces.length - 1} other starts are drawn faintly.` : ".");
describe("trace-plot", words);
