"use strict";
// What every plot shares: the page's data, its colours, and text that Plotly must not obey.
const page = JSON.parse(document.getElementById("payload").textContent);

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

// Plotly reads a little HTML in its texts; a column may be called "<b>".
function plain(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function axis(title, more) {
  return Object.assign({
    title: { text: plain(title) }, gridcolor: colour("grid"), linecolor: colour("line"),
    zeroline: false, automargin: true, ticks: "outside", tickcolor: colour("line"),
  }, more);
}

function layout(x, y, more) {
  return Object.assign({
    xaxis: x, yaxis: y, font: { family: "system-ui, sans-serif", size: 13, color: colour("text") },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 12, t: 12, b: 48 }, hovermode: "closest", showlegend: false,
    modebar: {
      bgcolor: "rgba(0,0,0,0)", color: colour("quiet"), activecolor: colour("accent"),
    },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
  }, more);
}

const settings = {
  responsive: true, displaylogo: false, showTips: false,
  modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
  toImageButtonOptions: { scale: 2 },
};

// Every plot says how to draw itself again: for another theme, another pair of columns, for print.
const plots = [];
function drawAll() { plots.forEach((draw) => draw()); }
function whenTurned(query) { window.matchMedia(query).addEventListener("change", drawAll); }
whenTurned("(prefers-color-scheme: dark)");
whenTurned("print");

function describe(id, text) {
  const plot = document.getElementById(id);
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", text);
}
