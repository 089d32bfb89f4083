"use strict";
// The criterion of every model by number of components: a line for each distribution.
if (page.models) {
  const compared = page.models;
  const [chosenNumber, chosenValue] = compared.chosen;

  // A model far worse than all others would press the rest into one line.
  function limits() {
    const all = compared.lines.flatMap((line) => line.values).filter((value) => value !== null);
    const far = all.map((value) => Math.abs(value - chosenValue)).sort((a, b) => a - b);
    const middle = 4 * far[Math.floor(far.length / 2)];
    return range(all.filter((value) => Math.abs(value - chosenValue) <= middle));
  }

  function drawModels() {
    const lines = compared.lines.map((line) => ({
      x: compared.components, y: line.values, name: plain(line.name), mode: "lines+markers",
      line: { color: line.colour, width: 2, dash: line.dash },
      marker: { size: 7, symbol: line.symbol, color: line.colour },
      hovertemplate: `%{x} components, ${plain(line.name)}<br>%{y:.5f}<extra></extra>`,
    }));
    const ring = {
      x: [chosenNumber], y: [chosenValue], mode: "markers", hoverinfo: "skip", showlegend: false,
      cliponaxis: false, marker: { size: 16, color: "rgba(0,0,0,0)", line: { color: colour("text"), width: 2.5 } },
    };
    Plotly.react("models-plot", [...lines, ring], layout(
      axis("components", { dtick: compared.components.length > 20 ? undefined : 1 }),
      axis(compared.criterion, { range: limits(), tickformat: ".6~r" }),
      { showlegend: lines.length > 1 }), settings);
  }

  plots.push(drawModels);
  drawModels();
  describe("models-plot", `${compared.criterion} by number of components, ` +
    `a line for each of ${compared.lines.length} distributions; the chosen model is ringed.`);
}
