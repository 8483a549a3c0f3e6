"use strict";
// Entries of heatmaps, read under the pointer and by the arrow keys: L5H1, yours, expected.
for (const plot of document.querySelectorAll(".plot[data-panels]")) {
  const panels = JSON.parse(plot.dataset.panels);
  const images = [...plot.querySelectorAll("image")].filter((image) => !image.id.startsWith("scale"));
  const reading = plot.parentElement.querySelector(".reading");
  let at = { panel: 0, row: 0, column: 0 };

  const called = (axes, row, column) =>
    axes[0] === "layer" && axes[1] === "head"
      ? `L${row}H${column}`
      : axes.map((axis, i) => `${axis.split(":")[0]} ${[row, column][i]}`).join(", ");
  const number = (value) =>
    value === undefined ? "none" : value === null ? "no number" : String(Number(value.toPrecision(4)));

  const read = () => {
    const { axes } = panels[at.panel];
    const said = panels
      .filter((panel) => panel.values[at.row] && at.column in panel.values[at.row])
      .map((panel) => `${panel.name} ${number(panel.values[at.row][at.column])}`);
    reading.textContent = `${called(axes, at.row, at.column)}: ${said.join(", ")}`;
  };

  images.forEach((image, panel) => {
    if (!panels[panel]) return;
    image.addEventListener("pointermove", (event) => {
      const box = image.getBoundingClientRect();
      const { values } = panels[panel];
      const within = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
      at = {
        panel,
        row: within((event.clientY - box.top) / box.height, values.length),
        column: within((event.clientX - box.left) / box.width, values[0].length),
      };
      read();
    });
  });

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  plot.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const { values } = panels[at.panel];
    at.row = Math.min(values.length - 1, Math.max(0, at.row + step[0]));
    at.column = Math.min(values[0].length - 1, Math.max(0, at.column + step[1]));
    read();
  });
  plot.addEventListener("focus", read);
  reading.textContent = "Point at an entry, or press the arrow keys, to read it.";
}
