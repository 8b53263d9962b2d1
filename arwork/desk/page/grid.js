// A grid that draws only the rows in sight. Its rows lie in a layer that sticks to the window, so that fast scrolling never shows a gap.

const ROW = 24;
const LEAST = 168;
/** A sign beside each state, so that colour is never the only difference. */
const MARKS = { auto: "✓", suggested: "→", review: "?", none: "–", allocated: "✓", rejected: "✕", held: "‖", stale: "!", undone: "↺" };

/** Make an element; texts only ever become text nodes. */
function make(tag, className, text, attributes) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = text;
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  return node;
}

function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

let grids = 0;

/** Draw the columns of a board; `on` is told of cursor moves, openings, sorting and filters. */
function makeGrid(board, on) {
  const id = `arwork-grid-${++grids}`;
  const columns = board.columns.filter((column) => column.label);
  const widths = columns.map((column) => (column.width ? `${column.width}px` : `minmax(${LEAST}px, 1fr)`)).join(" ");
  const scroller = make("div", "ard-scroll", null, { role: "grid", tabindex: "0", "aria-label": "Receipts", "aria-multiselectable": "true" });
  const head = make("div", "ard-head", null, { role: "rowgroup" });
  const layer = make("div", "ard-layer", null, { role: "rowgroup" });
  const space = make("div", "ard-space", null, { role: "presentation" });
  const state = { order: new Int32Array(0), cursor: 0, anchor: 0, picked: new Set(), pool: [], first: 0, shown: 0 };
  scroller.style.setProperty("--ard-columns", widths);
  scroller.style.setProperty("--ard-least", `${columns.reduce((sum, column) => sum + (column.width || LEAST), 0)}px`);
  scroller.append(head, layer, space);
  scroller.setAttribute("aria-colcount", columns.length);
  const heads = drawHead(columns, head, on);

  function grow() {
    state.shown = Math.max(1, Math.floor((scroller.clientHeight - head.offsetHeight) / ROW));
    while (state.pool.length < state.shown) {
      const line = make("div", "ard-row", null, { role: "row", id: `${id}-${state.pool.length}` });
      line.cells = columns.map((column, n) => make("div", `ard-cell ard-${column.kind} ard-c-${column.name}`, "", { role: "gridcell", "aria-colindex": n + 1 }));
      line.append(...line.cells);
      layer.append(line);
      state.pool.push(line);
    }
    state.pool.forEach((line, n) => { line.hidden = n >= state.shown; });
  }

  function draw() {
    const last = Math.max(0, state.order.length - state.shown);
    state.first = Math.min(last, Math.round(scroller.scrollTop / ROW));
    for (let n = 0; n < state.shown; n++) drawRow(state.pool[n], state.first + n);
    const at = state.cursor - state.first;
    if (at >= 0 && at < state.shown && state.order.length) scroller.setAttribute("aria-activedescendant", `${id}-${at}`);
    else scroller.removeAttribute("aria-activedescendant");
  }

  function drawRow(line, place) {
    if (place >= state.order.length) { line.style.visibility = "hidden"; line.place = -1; return; }
    const row = state.order[place];
    line.style.visibility = "";
    line.place = place;
    const picked = state.picked.has(row);
    line.className = "ard-row" + (place === state.cursor ? " ard-cursor" : "") + (picked ? " ard-picked" : "") + (place % 2 ? " ard-odd" : "");
    line.setAttribute("aria-rowindex", place + 2);
    line.setAttribute("aria-selected", picked ? "true" : "false");
    columns.forEach((column, n) => {
      let text = cellText(board, column, row);
      if (column.name === "state") { line.cells[n].dataset.state = text; text = `${MARKS[text] ?? "•"} ${text}`; }
      if (line.cells[n].textContent !== text) line.cells[n].textContent = text;
      line.cells[n].title = column.width ? "" : text;
    });
  }

  function size() {
    grow();
    // The layer takes the height of the rows in sight; the space below it makes the scroll bar as long as all rows.
    layer.style.height = `${state.shown * ROW}px`;
    // One row more than is needed, for the window is seldom a whole number of rows high and the last row must be reached.
    const below = state.order.length - state.shown;
    space.style.height = below > 0 ? `${(below + 1) * ROW}px` : "0";
    draw();
  }

  function show(place) {
    if (place < state.first) scroller.scrollTop = place * ROW;
    else if (place >= state.first + state.shown) scroller.scrollTop = (place - state.shown + 1) * ROW;
  }

  function move(place, extend) {
    if (!state.order.length) return;
    state.cursor = Math.max(0, Math.min(state.order.length - 1, place));
    if (extend) pickRange(); else { state.anchor = state.cursor; if (state.picked.size) state.picked.clear(); }
    show(state.cursor);
    draw();
    on.move(state.order[state.cursor]);
  }

  function pickRange() {
    state.picked.clear();
    const [from, to] = [Math.min(state.anchor, state.cursor), Math.max(state.anchor, state.cursor)];
    for (let place = from; place <= to; place++) state.picked.add(state.order[place]);
  }

  function toggle(place) {
    const row = state.order[place];
    if (!state.picked.delete(row)) state.picked.add(row);
    state.cursor = state.anchor = place;
    draw();
    on.move(row);
  }

  scroller.addEventListener("scroll", draw, { passive: true });
  layer.addEventListener("mousedown", (event) => {
    const line = event.target.closest(".ard-row");
    if (!line || line.place < 0) return;
    if (event.shiftKey) event.preventDefault();
    if (event.ctrlKey || event.metaKey) toggle(line.place); else move(line.place, event.shiftKey);
    scroller.focus({ preventScroll: true });
  });
  layer.addEventListener("dblclick", () => on.open());
  const watcher = new ResizeObserver(size);
  watcher.observe(scroller);

  return {
    el: scroller,
    state,
    draw,
    move,
    toggle,
    page: () => Math.max(1, state.shown - 1),
    row: () => (state.order.length ? state.order[state.cursor] : -1),
    chosen: () => (state.picked.size ? state.order.filter((row) => state.picked.has(row)) : state.order.slice(state.cursor, state.cursor + 1)),
    setOrder(order, keepRow) {
      state.order = order;
      const kept = keepRow >= 0 ? order.indexOf(keepRow) : -1;
      state.cursor = state.anchor = kept >= 0 ? kept : Math.min(state.cursor, Math.max(0, order.length - 1));
      const there = new Set(order);
      state.picked.forEach((row) => { if (!there.has(row)) state.picked.delete(row); });
      scroller.setAttribute("aria-rowcount", order.length + 1);
      size();
      show(state.cursor);
      draw();
    },
    setSort(sort) {
      heads.forEach(({ button, column }) => {
        const ours = sort && sort.name === column.name;
        button.parentNode.setAttribute("aria-sort", ours ? (sort.down ? "descending" : "ascending") : "none");
        button.lastChild.textContent = ours ? (sort.down ? "▼" : "▲") : "";
      });
    },
    filterInputs: heads.map(({ input }) => input),
    stop() { watcher.disconnect(); },
  };
}

/** The row of headings, each a button that sorts, and below it a box a column that filters. */
function drawHead(columns, head, on) {
  const names = make("div", "ard-row ard-names", null, { role: "row", "aria-rowindex": "1" });
  const boxes = make("div", "ard-row ard-boxes", null, { role: "presentation" });
  head.append(names, boxes);
  return columns.map((column, n) => {
    const cell = make("div", `ard-cell ard-${column.kind}`, null, { role: "columnheader", "aria-sort": "none", "aria-colindex": n + 1 });
    const button = make("button", "ard-sort", null, { type: "button", tabindex: "-1", title: `Sort by ${column.label}` });
    button.append(make("span", "", column.label), make("span", "ard-way", ""));
    button.addEventListener("click", () => on.sort(column.name));
    cell.append(button);
    names.append(cell);
    const hint = column.kind === "text" ? "" : column.kind === "money" ? ">1000" : "";
    const said = { "aria-label": `Filter ${column.label}`, placeholder: hint, spellcheck: "false", autocomplete: "off" };
    const input = make("input", "ard-box", null, { type: "text", ...said });
    input.title = column.kind === "text" ? "Text it holds; !text for without; =text for exactly" : "100, >100, <=100 or 100..200";
    input.dataset.column = column.name;
    input.addEventListener("input", () => on.filter(column.name, input.value));
    const box = make("div", `ard-cell ard-${column.kind}`);
    box.append(input);
    boxes.append(box);
    return { button, input, column };
  });
}
