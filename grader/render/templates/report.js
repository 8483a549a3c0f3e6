"use strict";
// Reads entries of heatmaps aloud, under the pointer or by arrow keys: L5H1: yours 0.9, expected 1.
for (const plot of document.querySelectorAll(".plot[data-panels]")) {
  const panels = JSON.parse(plot.dataset.panels);
  const images = [...plot.querySelectorAll("image")].filter((image) => !image.id.startsWith("scale"));
  const reading = plot.parentElement.querySelector(".reading");
  let position = { panel: 0, row: 0, column: 0 };

  const entryName = (axes, row, column) =>
    axes[0] === "layer" && axes[1] === "head"
      ? `L${row}H${column}`
      : axes.map((axis, i) => `${axis.split(":")[0]} ${[row, column][i]}`).join(", ");
  const formatNumber = (value) =>
    value === undefined ? "none" : value === null ? "no number" : String(Number(value.toPrecision(4)));

  const readEntry = () => {
    const { axes } = panels[position.panel];
    const values = panels
      .filter((panel) => panel.values[position.row] && position.column in panel.values[position.row])
      .map((panel) => `${panel.name} ${formatNumber(panel.values[position.row][position.column])}`);
    reading.textContent = `${entryName(axes, position.row, position.column)}: ${values.join(", ")}`;
  };

  images.forEach((image, panel) => {
    if (!panels[panel]) return;
    image.addEventListener("pointermove", (event) => {
      const box = image.getBoundingClientRect();
      const { values } = panels[panel];
      const indexAt = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
      position = {
        panel,
        row: indexAt((event.clientY - box.top) / box.height, values.length),
        column: indexAt((event.clientX - box.left) / box.width, values[0].length),
      };
      readEntry();
    });
  });

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  plot.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const { values } = panels[position.panel];
    position.row = Math.min(values.length - 1, Math.max(0, position.row + step[0]));
    position.column = Math.min(values[0].length - 1, Math.max(0, position.column + step[1]));
    readEntry();
  });
  plot.addEventListener("focus", readEntry);
  reading.textContent = "Point at an entry, or use the arrow keys, to read its value.";
}
