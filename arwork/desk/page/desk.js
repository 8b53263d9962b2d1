// The desk: queues, filters, grid, detail, decisions. The kernel keeps the journal; nothing counts as decided before it says so.

const ACTS = { a: "accept", r: "reject", h: "hold", n: "note", u: "undo" };
const SAID = { accept: "Accept", reject: "Reject", hold: "Hold", note: "Note on", undo: "Undo the decision on", split: "Record the split of" };
const SILENT = 6000;
const SECOND = "*second";
const SECOND_HELP = "Write-offs and changes of rules and people that one person proposed and another has to approve.";

export default {
  render({ model, el }) {
    const desk = startDesk(model, el);
    return () => desk.stop();
  },
};

function startDesk(model, el) {
  const me = Math.random().toString(36).slice(2);
  const part = Object.fromEntries(["top", "left", "filters", "grid", "detail", "ask", "second"].map((name) => [name, make("div", `ard-${name}`)]));
  const root = make("div", "ard", null, { "data-lm-suppress-shortcuts": "true", role: "application", "aria-label": "arwork desk" });
  const status = make("div", "ard-status", "Reading the run …", { role: "status", "aria-live": "polite" });
  const trouble = make("div", "ard-trouble", "", { role: "alert" });
  const body = make("div", "ard-body");
  const middle = make("div", "ard-middle");
  middle.append(part.filters, part.grid, part.second, part.ask, part.detail);
  body.append(part.left, middle);
  root.append(part.top, trouble, body, status);
  el.append(root);
  const filters = { queue: "*waiting", columns: {}, search: "", sort: null };
  const now = { board: null, grid: null, split: null, asking: null, waitingFor: null, detail: "", heard: Date.now(), about: {} };
  const second = makeSecond(part.second, {
    approve: (row) => decideSecond("approve", row), reject: (row) => decideSecond("reject", row), rule: () => send("rule"),
  });
  let ticket = 0;

  /** Tell the kernel something; a page whose kernel is gone finds nobody to tell, and says so by the silence that follows. */
  const send = (kind, content) => {
    try { model.send({ kind, client: me, ...content }); } catch { now.deaf = true; }
  };
  const idOf = (row) => cellText(now.board, now.board.by.receipt_id, row);

  // -- what the kernel says ------------------------------------------------------------------------------------------
  const hear = {
    board(said, buffers) {
      const arrived = performance.now();
      const keep = now.board && now.grid.row() >= 0 ? idOf(now.grid.row()) : "";
      const board = { size: said.size, decimals: said.decimals, waiting: said.waiting, columns: said.columns.map((column) => readColumn(column, buffers)) };
      board.by = Object.fromEntries(board.columns.map((column) => [column.name, column]));
      board.place = new Map();
      for (let row = 0; row < board.size; row++) board.place.set(cellText(board, board.by.receipt_id, row), row);
      now.board = board;
      now.grid?.stop();
      now.grid = makeGrid(board, { move: went, open: openDetail, sort: sortBy, filter: filterBy });
      fill(part.grid, now.grid.el);
      about(said);
      refresh(board.place.get(keep) ?? -1);
      home();
      status.textContent = `${said.size.toLocaleString("en")} receipts. Press ? for the keys.`;
      requestAnimationFrame(() => setTimeout(() => { root.dataset.painted = Math.round(performance.now() - arrived); }));
      if (!root.dataset.ready) root.scrollIntoView({ block: "start" });
      root.dataset.ready = "yes";
      setTimeout(() => send("words"), 300);
    },
    changed(said) {
      if (!now.board) return;
      const row = now.grid.row();
      said.rows.forEach((values) => {
        const at = now.board.place.get(values.receipt_id);
        if (at === undefined) return;
        Object.entries(values).forEach(([name, value]) => now.board.by[name] && name !== "receipt_id" && setValue(now.board.by[name], at, value));
      });
      if (said.rows.length) now.board.hay = null;
      about(said);
      refresh(row);
      if (said.rows.some((values) => values.receipt_id === now.detail) && !now.split) askDetail(true);
      if (said.news) status.textContent = said.news;
    },
    /** What a search looks in besides the columns: the words of the payments. */
    words(said, buffers) {
      if (said.client !== me) return;
      now.board.words = new TextDecoder().decode(buffers[0]).split("\n");
      now.board.hay = null;
      haystack(now.board);
      if (filters.search) refresh(now.grid.row());
    },
    pulse() {},
    form(said) { if (said.client === me) beginForm(said.form, ""); },
    found(said) { if (said.client === me && now.split) now.split.add(said.items); },
    detail(said) {
      if (said.client !== me || said.receipt !== now.detail || now.split) return;
      now.forms = said.detail.forms;
      now.solutions = said.detail.solutions.map((solution) => solution.number);
      drawDetail(part.detail, said.detail, beginForm, acceptRival);
      delete part.detail.dataset.late;
      part.detail.scrollTop = 0;
    },
    split(said) {
      if (said.client !== me || said.receipt !== now.detail) return;
      if (said.answer && now.split && !said.items) {
        if (!said.answer.problems.length) warn("");
        return now.split.take(said.answer, said.turn);
      }
      delete part.detail.dataset.late;
      now.split = makeSplit(part.detail, said, {
        ask: (typedIn) => send("sum", { receipt: said.receipt, ...typedIn }),
        rest: (item, typedIn) => send("sum", { receipt: said.receipt, rest: item, ...typedIn }),
        find: (text) => send("find", { receipt: said.receipt, text }),
      });
      now.split.position = now.about.position;
      root.dataset.mode = "split";
    },
    done(said) {
      if (said.client !== me) return;
      tell(said.text);
      if (said.request === now.waitingFor) { now.waitingFor = null; leave(); }
    },
    refused(said) {
      if (said.client !== me) return;
      if (said.request === now.waitingFor || !said.request) now.waitingFor = null;
      part.ask.dataset.busy = "no";
      if (said.request) status.textContent = "Nothing was recorded.";
      warn(said.text);
    },
  };
  const listen = (said, buffers) => {
    now.heard = Date.now();
    if (root.dataset.gone) { delete root.dataset.gone; warn(""); }
    hear[said.kind]?.(said, buffers);
  };

  function tell(text) { status.textContent = text; trouble.textContent = ""; }
  function warn(text) { trouble.textContent = text; }

  function about(said) {
    now.about = { ...now.about, ...said.about };
    const { close, run, person, role, newer, why_not } = now.about;
    const right = make("span", "ard-who");
    right.append(make("strong", "", person), make("span", "ard-note", role));
    const left = make("span", "ard-title");
    left.append(make("strong", "", close), make("span", "ard-note", run));
    const help = make("button", "ard-help", "? keys", { type: "button", tabindex: "-1" });
    help.addEventListener("click", showKeys);
    fill(part.top, left, newer && make("span", "ard-newer", newer), why_not && make("span", "ard-cannot", why_not), right, help);
    if (said.waits) { now.waits = said.waits; second.take(said.waits); }
    if (said.queues) now.queues = [...said.queues, { name: SECOND, label: "for a second person", count: String(now.waits.length), sums: [], help: SECOND_HELP }];
    drawQueues(part.left, now.queues, place(), pickQueue);
  }
  const place = () => (root.dataset.second ? SECOND : filters.queue);
  /** Back to where keys work: the grid, or the list of what waits for a second person. */
  function home() { if (root.dataset.second) second.focus(); else now.grid?.el.focus({ preventScroll: true }); }

  // -- filters and sorting -------------------------------------------------------------------------------------------
  function refresh(keep) {
    const order = chosenRows(now.board, filters);
    now.grid.setOrder(order, keep);
    now.grid.setSort(filters.sort);
    const total = sums(now.board, order);
    shown.textContent = `${order.length.toLocaleString("en")} shown`;
    value.textContent = total;
    moved(now.grid.row());
  }
  const search = make("input", "ard-search", null, {
    type: "search", placeholder: "Search all columns  ( / )", "aria-label": "Search all columns", spellcheck: "false", autocomplete: "off",
  });
  const shown = make("span", "ard-shown", "");
  const value = make("span", "ard-num ard-note", "");
  const chosen = make("span", "ard-chosen-count", "");
  const clear = make("button", "ard-plain", "clear filters", { type: "button", tabindex: "-1" });
  part.filters.append(search, shown, value, chosen, clear);
  search.addEventListener("input", () => { filters.search = search.value; refresh(now.grid.row()); });
  clear.addEventListener("click", clearFilters);

  function clearFilters() {
    filters.search = search.value = "";
    filters.columns = {};
    now.grid.filterInputs.forEach((input) => { input.value = ""; });
    refresh(now.grid.row());
    now.grid.el.focus({ preventScroll: true });
  }
  function filterBy(name, text) { filters.columns[name] = text; refresh(now.grid.row()); }
  function sortBy(name) {
    const same = filters.sort?.name === name;
    filters.sort = same && filters.sort.down ? null : { name, down: same };
    refresh(now.grid.row());
    now.grid.el.focus({ preventScroll: true });
  }
  function pickQueue(name) {
    if (now.asking || now.split) leave(true);
    if (name === SECOND) root.dataset.second = "yes"; else { delete root.dataset.second; filters.queue = name; }
    drawQueues(part.left, now.queues, place(), pickQueue);
    if (name !== SECOND) { refresh(-1); now.grid.move(0); }
    home();
  }
  function stepQueue(by) {
    const names = now.queues.map((queue) => queue.name);
    pickQueue(names[(names.indexOf(place()) + by + names.length) % names.length]);
  }

  // -- the receipt under the cursor ----------------------------------------------------------------------------------
  let later = 0;
  /** The person went to another receipt: what was begun on the one before is left. */
  function went(row) {
    if (now.asking) { fill(part.ask); now.asking = null; delete root.dataset.asking; }
    if (now.split) askDetail(true);
    moved(row);
  }
  function moved(row) {
    const many = now.grid.state.picked.size;
    chosen.textContent = many ? `${many.toLocaleString("en")} chosen: ${sums(now.board, now.grid.chosen())}` : "";
    if (now.asking || now.split) return; // news from others takes nothing away that was begun
    if (row < 0) { now.detail = ""; delete part.detail.dataset.late; fill(part.detail, make("p", "ard-empty", "No receipt fits these filters.")); return; }
    if (idOf(row) !== now.detail) askDetail(false);
  }
  function askDetail(again) {
    const row = now.grid.row();
    if (row < 0) return;
    now.detail = idOf(row);
    now.split = null;
    delete root.dataset.mode;
    if (!again) part.detail.dataset.late = "yes"; // what is still shown there is of another receipt
    clearTimeout(later);
    later = setTimeout(() => send("detail", { receipt: now.detail }), again ? 0 : 60);
  }
  function openDetail() {
    part.detail.focus({ preventScroll: true });
  }
  part.detail.setAttribute("tabindex", "0");
  part.detail.setAttribute("role", "region");
  part.detail.setAttribute("aria-label", "The receipt");

  // -- deciding ------------------------------------------------------------------------------------------------------
  function begin(action, candidate = 1) {
    const rows = now.grid.chosen();
    if (!rows.length) return;
    if (!now.about.may_decide) return warn(now.about.why_not);
    warn("");
    if (action === "split" && !now.split) return send("split", { receipt: now.detail });
    if (action === "split" && !now.split.ready()) return warn(now.split.problems().join(" ") || "The sums are not done yet.");
    // What somebody decides from here on is a conflict: this person decides on what stands on the page now.
    const position = action === "split" ? now.split.position : now.about.position;
    now.asking = { action, candidate, position, receipts: action === "split" ? [now.detail] : [...rows].map(idOf), from: document.activeElement };
    drawAsk(action === "split" ? [now.board.place.get(now.detail)] : rows);
  }
  /** Accept another candidate than the proposal, of the one receipt whose detail is shown. */
  function acceptRival(candidate) {
    if (now.asking || now.split || part.detail.dataset.late || !now.solutions?.includes(candidate) || now.grid.chosen().length > 1) return;
    begin("accept", candidate);
  }
  function drawAsk(rows) {
    const many = rows.length > 1;
    const payer = () => cellText(now.board, now.board.by.payer, rows[0]) || "an unnamed payer";
    const what = many ? `${rows.length.toLocaleString("en")} receipts, ${sums(now.board, rows)}` : `${sums(now.board, rows)} from ${payer()}`;
    drawReason(`${SAID[now.asking.action]} ${now.asking.candidate > 1 ? `rival ${now.asking.candidate - 1}: ` : ""}${what}`, null);
  }
  /** A form of the kernel: about the customer of the receipt under the cursor, or about none. */
  function beginForm(form, receipt = now.detail) {
    if (now.split || (!receipt && form.name !== "rule")) return;
    if (!now.about.may_decide) return warn(now.about.why_not);
    warn("");
    const made = makeForm(form);
    now.asking = { action: "follow", form: form.name, made, position: now.about.position, receipts: [receipt], from: document.activeElement };
    drawReason(form.label, made);
    made.focus();
  }
  /** The word of a second person on a proposal: it is approved, or taken back. */
  function decideSecond(form, row) {
    if (!row || now.waitingFor) return;
    if (!now.about.may_decide) return warn(now.about.why_not);
    warn("");
    const made = { el: null, collect: () => ({ decision: row.number }) };
    now.asking = { action: "follow", form, made, position: now.about.position, receipts: [""], from: null };
    drawReason(`${form === "approve" ? "Approve" : "Reject"} ${row.kind.toLowerCase()} ${row.number}: ${row.what}`, made);
  }
  function drawReason(title, made) {
    const head = make("div", "ard-ask-head");
    head.append(make("strong", "", title), make("span", "ard-note", "Ctrl+Enter or Enter confirms, Esc goes back"));
    const input = make("input", "ard-reason", null, {
      type: "text", "aria-label": "Reason (needed)", placeholder: "Why? A reason is needed; it is kept for good.", autocomplete: "off", maxlength: "500",
    });
    const row = make("div", "ard-ask-row");
    const confirm = make("button", "ard-confirm", "Confirm", { type: "button" });
    confirm.addEventListener("click", submit);
    row.append(input, confirm);
    const last = make("div", "ard-last");
    (now.about.reasons ?? []).slice(0, 6).forEach((text, n) => {
      const button = make("button", "ard-plain", `${n + 1} ${text}`, { type: "button", title: `Alt+${n + 1}` });
      button.addEventListener("click", () => { input.value = text; input.focus(); });
      last.append(button);
    });
    now.asking.input = input;
    part.ask.dataset.busy = "no";
    fill(part.ask, head, made && made.el, row, last);
    root.dataset.asking = "yes";
    input.focus({ preventScroll: true });
  }
  function submit() {
    const asking = now.asking;
    if (!asking || now.waitingFor) return;
    const reason = asking.input.value.trim();
    if (!reason) { warn("A decision needs a reason: say why, in a few words."); asking.input.focus(); return; }
    now.waitingFor = `${me}-${++ticket}`;
    part.ask.dataset.busy = "yes";
    status.textContent = "Waiting for the journal …";
    if (asking.form) {
      const about = { form: asking.form, receipt: asking.receipts[0], fields: asking.made.collect() };
      return send("follow", { request: now.waitingFor, position: asking.position, reason, ...about });
    }
    const split = asking.action === "split" ? now.split.collect() : {};
    const { action, candidate, receipts, position } = asking;
    send("act", { request: now.waitingFor, action, candidate, receipts, position, reason, ...split });
  }
  /** Go back one step: from the reason to what it was for, from the split to the detail, from anywhere to the grid. */
  function leave(whole) {
    if (now.waitingFor) return;
    warn("");
    if (now.asking) {
      const finished = part.ask.dataset.busy === "yes";
      const back = now.split && !finished ? now.asking.from : null;
      const filed = finished && now.asking.form;
      now.asking = null;
      fill(part.ask);
      delete root.dataset.asking;
      if (!back && !now.split) moved(now.grid.row());
      if (filed && !root.dataset.second) askDetail(true);
      if (back && !whole) return back.focus({ preventScroll: true });
    } else if (!now.split && now.grid.state.picked.size) { now.grid.state.picked.clear(); now.grid.draw(); chosen.textContent = ""; }
    if (now.split) askDetail(true);
    home();
  }

  // -- keys ----------------------------------------------------------------------------------------------------------
  function showKeys() {
    if (root.querySelector(".ard-keys")) return hideKeys();
    root.append(keyList());
  }
  function hideKeys() { root.querySelector(".ard-keys")?.remove(); }

  function onKey(event) {
    event.stopPropagation();
    if (!now.grid) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape") { event.preventDefault(); return root.querySelector(".ard-keys") ? hideKeys() : leave(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); return now.asking ? submit() : now.split && begin("split"); }
    if (now.asking && event.altKey && /^[1-6]$/.test(event.key)) {
      event.preventDefault();
      now.asking.input.value = now.about.reasons[event.key - 1] ?? now.asking.input.value;
      return;
    }
    if (typing) return typedKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const anywhere = {
      "?": showKeys, "[": () => stepQueue(-1), "]": () => stepQueue(1), b: () => pickQueue(SECOND), v: () => !now.split && !now.asking && send("rule"),
    };
    if (anywhere[event.key]) { event.preventDefault(); return anywhere[event.key](); }
    if (root.dataset.second) return secondKey(event);
    const moves = { ArrowDown: 1, j: 1, J: 1, ArrowUp: -1, k: -1, K: -1, PageDown: now.grid.page(), PageUp: -now.grid.page(), Home: -1e9, End: 1e9 };
    const inDetail = part.detail.contains(event.target) && event.key.length > 1;
    if (event.key in moves && !inDetail) { event.preventDefault(); return now.grid.move(now.grid.state.cursor + moves[event.key], event.shiftKey); }
    if (event.target.matches("button") && (event.key === "Enter" || event.key === " ")) return;
    const keys = {
      Enter: openDetail, "/": () => search.select(), f: () => now.grid.filterInputs[0].focus(), s: () => begin("split"),
      x: () => now.grid.toggle(now.grid.state.cursor),
      ...Object.fromEntries(Object.entries(ACTS).map(([key, action]) => [key, () => begin(action)])),
    };
    const form = (now.forms ?? []).find((one) => one.key === event.key);
    if (/^[1-9]$/.test(event.key)) return acceptRival(Number(event.key) + 1);
    if (form && !now.asking) { event.preventDefault(); return beginForm(form); }
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  }
  function secondKey(event) {
    if (event.target.matches("button") && (event.key === "Enter" || event.key === " ")) return;
    const keys = {
      ArrowDown: () => second.move(1), j: () => second.move(1), ArrowUp: () => second.move(-1), k: () => second.move(-1),
      a: () => decideSecond("approve", second.row()), r: () => decideSecond("reject", second.row()),
    };
    if (keys[event.key] && !now.asking) { event.preventDefault(); keys[event.key](); }
  }
  function typedKey(event) {
    if (event.key === "Enter" && now.asking) { event.preventDefault(); return submit(); }
    const filtering = event.target === search || event.target.matches(".ard-box");
    if (filtering && (event.key === "Enter" || event.key === "ArrowDown")) { event.preventDefault(); now.grid.el.focus({ preventScroll: true }); }
  }
  root.addEventListener("keydown", onKey);
  for (const name of ["keyup", "keypress"]) root.addEventListener(name, (event) => event.stopPropagation());

  // -- heart beat ----------------------------------------------------------------------------------------------------
  const timer = setInterval(() => {
    if (!now.board) { if (Date.now() - now.heard > 3000) { now.heard = Date.now(); send("ready"); } return; }
    send("poll");
    if (now.deaf || Date.now() - now.heard > SILENT) {
      root.dataset.gone = "yes";
      status.textContent = "Not connected.";
      const doubt = now.waitingFor ? "Whether the last decision was recorded is not known. " : "";
      warn(`The kernel does not answer. ${doubt}Run the cell again: the desk then shows what the journal holds.`);
    }
  }, 1000);
  model.on("msg:custom", listen);
  send("ready");
  return { stop() { clearInterval(timer); model.off("msg:custom", listen); now.grid?.stop(); } };
}
