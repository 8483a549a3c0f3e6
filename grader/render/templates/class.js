"use strict";
(() => {
  const table = document.getElementById("everyone");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const outcomeOrder = ["not_attempted", "blocked", "errored", "failed", "partial", "passed"];
  const textOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const normalize = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[_\s]+/g, " ").toLowerCase();

  // Return the sort key of a cell: null for an empty cell, which is sorted last in either direction.
  const sortKey = (cell, kind) => {
    if (kind === "outcome") {
      const index = outcomeOrder.indexOf(cell.className);
      return index < 0 ? null : index;
    }
    const text = cell.textContent.trim();
    if (text === "") return null;
    if (kind === "text") return text;
    const number = parseFloat(text);
    return Number.isNaN(number) ? Infinity : number;
  };

  const sortBy = (column) => {
    const head = heads[column];
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const kind = head.className;
    const compare = (a, b) => (kind === "text" ? textOrder.compare(a, b) : a === b ? 0 : a < b ? -1 : 1);
    const keyed = rows.map((row, index) => ({ row, index, key: sortKey(row.cells[column], kind) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.index - b.index;
      return (descending ? -1 : 1) * compare(a.key, b.key) || a.index - b.index;
    });
    body.append(...keyed.map(({ row }) => row));
  };
  heads.forEach((head, column) =>
    head.querySelector("button").addEventListener("click", () => sortBy(column)));

  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const isSearchable = (head) =>
    head.className !== "outcome" && !/^(score|final|days|seconds)/i.test(head.textContent);
  const searchable = heads.map((head, column) => (isSearchable(head) ? column : -1)).filter((column) => column >= 0);
  const texts = rows.map((row) => normalize(searchable.map((column) => row.cells[column].textContent).join(" ")));
  const filter = () => {
    const words = normalize(search.value).split(" ").filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !words.every((word) => texts[index].includes(word));
      count += row.hidden ? 0 : 1;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  };
  search.addEventListener("input", filter);
  search.closest("p").hidden = false;
  filter(); // the browser may have restored an earlier search

  // Add tooltips for mouse users; screen readers get the same text from the cell.
  body.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td, th");
    if (!cell || cell.title) return;
    const icon = cell.querySelector("i");
    const hidden = cell.querySelector(".unseen");
    if (icon) cell.title = `${heads[cell.cellIndex].textContent.trim()}: ${icon.getAttribute("aria-label")}`;
    else if (hidden) cell.title = hidden.textContent.slice(2);
    else if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent.trim();
  });

  // Unfold all lists of names for printing.
  addEventListener("beforeprint", () =>
    document.querySelectorAll("details").forEach((details) => (details.open = true)));
})();
