// What is known of one receipt, below the grid. It draws what the kernel says; every text becomes a text node.

/** A small table: heads with their alignment (left, right), rows of texts; a row may be marked, or have a button that undoes it. */
function makeTable(said, className, onUndo) {
  const table = make("table", `ard-table ${className ?? ""}`);
  if (said.caption) table.append(make("caption", "", said.caption));
  const line = make("tr");
  said.heads.forEach(([text, align]) => line.append(make("th", `ard-${align}`, text, { scope: "col" })));
  if (said.rows.some((row) => row.undo)) line.append(make("th"));
  table.append(fill(make("thead"), line));
  const body = make("tbody");
  said.rows.forEach((row) => {
    const tr = make("tr", row.tone ? `ard-tone-${row.tone}` : "");
    row.cells.forEach((text, n) => tr.append(make("td", `ard-${said.heads[n][1]}`, text)));
    if (row.undo) {
      const button = make("button", "ard-plain", row.does, { type: "button", "aria-label": `${row.does} ${row.cells[0]}` });
      button.addEventListener("click", () => onUndo(row.undo));
      tr.append(fill(make("td"), button));
    }
    body.append(tr);
  });
  table.append(body);
  return table;
}

function section(title, ...children) {
  const node = make("section", "ard-section", null, { "aria-label": title });
  node.append(make("h3", "", title), ...children.filter(Boolean));
  return node;
}

/** The bank's text with what was read out of it marked; a marked part says what it was read as. */
function markedText(parts) {
  const node = make("p", "ard-banktext");
  parts.forEach(({ text, read }) => node.append(read ? make("mark", "", text, { title: read }) : document.createTextNode(text)));
  return node;
}

/** Facts as names and values. */
function facts(pairs) {
  const list = make("dl", "ard-facts");
  pairs.filter(([, value]) => value).forEach(([name, value]) => list.append(make("dt", "", name), make("dd", "", value)));
  return list;
}

/** Evidence as bars either side of a line: right for, left against; the figure stands beside each. */
function waterfall(evidence) {
  const most = Math.max(1, ...evidence.map((fact) => Math.abs(fact.points)));
  const table = make("table", "ard-table ard-evidence");
  const heads = make("tr");
  [["Fact", "left"], ["Points", "right"], ["against · for", "middle"]].forEach(([text, align]) => heads.append(make("th", `ard-${align}`, text, { scope: "col" })));
  table.append(fill(make("thead"), heads));
  const body = make("tbody");
  evidence.forEach((fact) => {
    const line = make("tr", fact.total ? "ard-tone-total" : "");
    const bar = make("td", "ard-barcell", null, { "aria-hidden": "true" });
    if (!fact.total && fact.points) {
      const stick = make("span", fact.points < 0 ? "ard-bar ard-against" : "ard-bar ard-for");
      stick.style.width = `${(Math.abs(fact.points) / most) * 48}%`;
      bar.append(stick);
    }
    const name = make("td", "", null);
    name.append(make("span", "ard-fact", fact.name));
    if (fact.sentence) name.append(make("span", "ard-note", fact.sentence));
    line.append(name, make("td", "ard-right", fact.text), bar);
    body.append(line);
  });
  table.append(body);
  return table;
}

function drawSolution(solution, onAccept) {
  const node = make("div", solution.chosen ? "ard-solution ard-chosen" : "ard-solution");
  const title = make("div", "ard-solution-head");
  title.append(make("strong", "", solution.title), make("span", "ard-note", solution.note));
  if (!solution.chosen) {
    const button = make("button", "ard-plain", `accept it (${solution.number - 1})`, { type: "button", "aria-label": `Accept ${solution.title}` });
    button.addEventListener("click", () => onAccept(solution.number));
    title.append(button);
  }
  node.append(title);
  if (solution.table) node.append(makeTable(solution.table));
  return node;
}

/** The whole detail of a receipt in three columns: the payment, the proposals, the customer. */
function drawDetail(pane, detail, onForm, onAccept) {
  const payment = make("div", "ard-col");
  payment.append(
    section("Bank text", markedText(detail.text), detail.advice.length ? facts(detail.advice) : null),
    section("Payment", facts(detail.facts)),
    rawText(detail.raw, detail.source),
  );
  const [first, ...rivals] = detail.solutions;
  const proposals = make("div", "ard-col ard-wide");
  proposals.append(
    section(first ? "Proposal" : "No proposal", make("p", "ard-sentence", detail.sentence), facts(detail.why), first && drawSolution(first, onAccept)),
    first ? section(`Rivals: ${detail.rivals}`, ...rivals.map((rival) => drawSolution(rival, onAccept))) : "",
    detail.evidence.length ? section("Evidence", waterfall(detail.evidence)) : "",
  );
  const customer = make("div", "ard-col");
  customer.append(
    section("History", detail.history.rows.length ? makeTable(detail.history, "ard-history") : make("p", "ard-note", "Nobody has decided on it.")),
    section("Customer", facts(detail.customer), formButtons(detail.forms, onForm)),
    ...detail.tables.map((table) => {
      const drawn = makeTable(table, table.title === "Recorded" ? "ard-records" : "", (number) => onForm(undoForm(detail.forms, number)));
      return section(table.title, drawn);
    }),
    section(
      detail.open.title,
      detail.open.rows.length ? makeTable(detail.open) : make("p", "ard-note", "None."),
      detail.open.more && make("p", "ard-note", detail.open.more),
    ),
    detail.earlier.rows.length ? section("Earlier decisions for this customer", makeTable(detail.earlier, "ard-history")) : "",
  );
  fill(pane, payment, proposals, customer);
}

/** The row as it was received, folded up, under the name of its file and line. */
function rawText(raw, source) {
  const box = make("details", "ard-source");
  box.append(make("summary", "", source), make("pre", "ard-banktext", raw || "The file is not shown here; it lies in the run's inputs."));
  return box;
}

/** The list of queues with counts and value, most urgent first. */
function drawQueues(pane, queues, current, onPick) {
  const list = make("ul", "ard-queues", null, { role: "listbox", "aria-label": "Queues" });
  queues.forEach((queue) => {
    const item = make("li", queue.group ? "ard-group" : "", null, { role: "option", "aria-selected": queue.name === current ? "true" : "false", title: queue.help });
    const head = make("button", "ard-queue", null, { type: "button", tabindex: "-1" });
    head.append(make("span", "ard-queue-name", queue.label), make("span", "ard-count", queue.count));
    queue.sums.forEach((sum) => head.append(make("span", "ard-sum", sum)));
    head.addEventListener("click", () => onPick(queue.name));
    item.append(head);
    list.append(item);
  });
  fill(pane, list);
}
