// What waits for a second person: a list to go through by keys, what is known of the one under the cursor, approve or reject.

/** Draw the list into its pane; `on` hears about approving, rejecting and proposing. It keeps its place when the list changes. */
function makeSecond(pane, on) {
  const root = make("div", "ard-second-box", null, { role: "region", "aria-label": "For a second person" });
  const head = make("div", "ard-second-head");
  const say = make("span", "ard-note", "");
  const propose = make("button", "ard-plain", "Propose a change of a rule (v)", { type: "button" });
  propose.addEventListener("click", () => on.rule());
  head.append(make("strong", "", "For a second person"), say, propose);
  const list = make("table", "ard-table ard-second-list", null, { role: "grid", tabindex: "0", "aria-label": "Proposals" });
  const below = make("div", "ard-second-detail");
  const state = { rows: [], at: 0 };
  root.append(head, fill(make("div", "ard-second-scroll"), list), below);
  fill(pane, root);

  function take(rows) {
    const before = state.rows[state.at]?.number;
    state.rows = rows;
    const same = rows.findIndex((row) => row.number === before);
    state.at = same >= 0 ? same : Math.max(0, Math.min(state.at, rows.length - 1));
    draw();
  }

  function draw() {
    say.textContent = state.rows.length ? "a approves, r rejects, j and k go on" : "Nothing waits for a second person.";
    const line = make("tr");
    [["No.", "right"], ["Kind", "left"], ["What", "left"], ["Why", "left"], ["Proposed by", "left"], ["Who approves", "left"]]
      .forEach(([text, align]) => line.append(make("th", `ard-${align}`, text, { scope: "col" })));
    const body = make("tbody");
    state.rows.forEach((row, n) => {
      const here = n === state.at;
      const tr = make("tr", here ? "ard-second-here" : "", null, { role: "row", "aria-selected": here ? "true" : "false" });
      const who = row.mine ? "somebody else: you proposed it" : row.takes;
      [[row.number, "right"], [row.kind, "left"], [row.what, "left"], [row.reason, "left"], [row.by, "left"], [who, "left"]]
        .forEach(([text, align]) => tr.append(make("td", `ard-${align}`, text)));
      tr.addEventListener("click", () => { move(n - state.at); list.focus({ preventScroll: true }); });
      body.append(tr);
    });
    fill(list, state.rows.length && fill(make("thead"), line), body);
    body.children[state.at]?.scrollIntoView({ block: "nearest" });
    drawBelow();
  }

  function drawBelow() {
    const row = state.rows[state.at];
    if (!row) return fill(below);
    const acts = make("div", "ard-forms", null, { role: "group", "aria-label": "Decide" });
    [["Approve (a)", on.approve], ["Reject (r)", on.reject]].forEach(([text, act]) => {
      const button = make("button", "ard-plain", text, { type: "button" });
      button.addEventListener("click", () => act(row));
      acts.append(button);
    });
    fill(below, section(`${row.kind} ${row.number}`, make("p", "ard-sentence", row.what), facts(row.facts), acts));
  }

  function move(by) {
    if (!state.rows.length) return;
    state.at = Math.max(0, Math.min(state.rows.length - 1, state.at + by));
    draw();
  }

  return { take, move, row: () => state.rows[state.at], focus: () => list.focus({ preventScroll: true }) };
}
