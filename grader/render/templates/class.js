"use strict";
(() => {
  const table = document.getElementById("everyone");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const worstFirst = ["not_attempted", "blocked", "errored", "failed", "partial", "passed"];
  const inWords = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const folded = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[_\s]+/g, " ").toLowerCase();

  // What a cell counts as: null where it is empty, which comes last either way.
  const worth = (cell, kind) => {
    if (kind === "outcome") {
      const place = worstFirst.indexOf(cell.className);
      return place < 0 ? null : place;
    }
    const text = cell.textContent.trim();
    if (text === "") return null;
    if (kind === "text") return text;
    const number = parseFloat(text);
    return Number.isNaN(number) ? Infinity : number;
  };

  const sortBy = (at) => {
    const head = heads[at];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const kind = head.className;
    const compare = (a, b) => (kind === "text" ? inWords.compare(a, b) : a === b ? 0 : a < b ? -1 : 1);
    const keyed = rows.map((row, place) => ({ row, place, key: worth(row.cells[at], kind) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.place - b.place;
      return (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place;
    });
    body.append(...keyed.map((one) => one.row));
  };
  heads.forEach((head, at) => head.querySelector("button").addEventListener("click", () => sortBy(at)));

  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const isSaid = (head) => head.className !== "outcome" && !/^(score|final|days|seconds)/i.test(head.textContent);
  const said = heads.map((head, at) => (isSaid(head) ? at : -1)).filter((at) => at >= 0);
  const texts = rows.map((row) => folded(said.map((at) => row.cells[at].textContent).join(" ")));
  const filter = () => {
    const words = folded(search.value).split(" ").filter(Boolean);
    let count = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      count += row.hidden ? 0 : 1;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  };
  search.addEventListener("input", filter);
  search.closest("p").hidden = false;
  filter(); // a browser may have kept what was searched for

  // Names for the pointer; who listens hears them as the cell's text.
  body.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td, th");
    if (!cell || cell.title) return;
    const mark = cell.querySelector("i");
    const hidden = cell.querySelector(".unseen");
    if (mark) cell.title = `${heads[cell.cellIndex].textContent.trim()}: ${mark.getAttribute("aria-label")}`;
    else if (hidden) cell.title = hidden.textContent.slice(2);
    else if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent.trim();
  });

  // All names are on paper, too.
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
})();
