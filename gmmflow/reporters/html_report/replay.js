"use strict";
// EM step by step: every frame is a mixture that was evaluated, and what it makes of the rows.
const SECONDS_A_FRAME = 0.7;
const replay = page.replay;
let current = 0, timer = null;

function byId(id) { return document.getElementById(id); }

function told(frame) {
  const step = frame.iteration === 0 ? "Start" : `Iteration ${frame.iteration}`;
  return `${step} · log-likelihood ${frame.logLikelihood}`;
}

function rowsOf(frame) {
  const pick = (column) => replay.rows.map((n) => page.points.columns[column][n]);
  const x = pick(view.across);
  const colours = replay.rows.map((_, n) => "#" + frame.colours.slice(6 * n, 6 * n + 6));
  return {
    type: "scatter", mode: "markers", hoverinfo: "skip", x,
    // One column: the rows stand below the axis, spread a little so that they do not cover each other.
    y: page.curve ? x.map((_, n) => -0.02 - 0.05 * ((n * 0.618034) % 1)) : pick(view.up),
    yaxis: page.curve ? "y2" : "y", marker: { size: 6, opacity: Number(colour("dots")), color: colours },
  };
}

function drawReplay() {
  const frame = replay.frames[current];
  const traces = [rowsOf(frame), ...outlines(frame, view.across, view.up)];
  let more = {}, up = columnAxis(view.up);
  if (page.curve) {
    const top = Math.max(...replay.frames.flatMap((f) => f.densities.flat()));
    up = axis("density", { range: [-0.12 * top, 1.1 * top] });
    more = { yaxis2: { overlaying: "y", range: [-0.12, 1.1], visible: false, fixedrange: true } };
  } else {
    traces.push(numbers(frame, view.across, view.up));
  }
  Plotly.react("replay-plot", traces, layout(columnAxis(view.across), up, more), settings);
  describe("replay-plot", `The components after this step of EM. ${told(frame)}.`);
  drawTrace(frame.iteration);
}

function show(index) {
  current = Math.max(0, Math.min(index, replay.frames.length - 1));
  const frame = replay.frames[current];
  byId("slider").value = current;
  byId("slider").setAttribute("aria-valuetext", told(frame));
  byId("frame-label").textContent = told(frame);
  byId("frame-weights").textContent = "Weights: " +
    frame.weights.map((w, i) => `component ${page.components[i]} ${percent(w)}`).join(", ");
  byId("previous").disabled = current === 0;
  byId("next").disabled = current === replay.frames.length - 1;
  drawReplay();
}

function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").textContent = "Play";
}

function play() {
  if (timer !== null) { pause(); return; }
  if (current === replay.frames.length - 1) show(0);
  byId("play").textContent = "Pause";
  timer = setInterval(() => {
    show(current + 1);
    if (current === replay.frames.length - 1) pause();
  }, 1000 * SECONDS_A_FRAME);
}

if (replay) {
  byId("slider").max = replay.frames.length - 1;
  byId("previous").addEventListener("click", () => { pause(); show(current - 1); });
  byId("next").addEventListener("click", () => { pause(); show(current + 1); });
  byId("play").addEventListener("click", play);
  byId("slider").addEventListener("input", () => { pause(); show(Number(byId("slider").value)); });
  plots.push(drawReplay);
  show(0);
} else {
  plots.push(() => drawTrace(-1));
  drawTrace(-1);
}
