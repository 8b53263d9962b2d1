// The split editor: what each item gets. The kernel reads the typed amounts and does the sums; this only shows and collects.

const PARTS = [
  ["amount", "Cash"], ["discount", "Discount"], ["deduction", "Deduction"], ["deduction_code", "Code"], ["write_off", "Write-off"], ["adjustment_code", "Code"],
];
const TYPED = { type: "text", autocomplete: "off", spellcheck: "false" };

/** Draw the editor into a pane; `ask(lines, on_account)` sends what is typed, `on` hears about confirming and leaving. */
function makeSplit(pane, said, on) {
  const lines = new Map();
  let answer = said.answer;
  let timer = 0;
  let turn = 0;
  const root = make("div", "ard-split", null, { role: "form", "aria-label": "Split the receipt" });
  const top = make("div", "ard-split-head");
  top.append(make("strong", "", "Split"), make("span", "ard-num", said.amount), make("span", "ard-note", said.payer), make("span", "ard-note", said.hint));
  const table = make("table", "ard-table ard-split-table");
  const heads = make("tr");
  [["Item", "left"], ["Due", "left"], ["Open", "right"], ...PARTS.map(([name, label]) => [label, name.endsWith("code") ? "left" : "right"]), ["Stays open", "right"]]
    .forEach(([text, align]) => heads.append(make("th", `ard-${align}`, text, { scope: "col" })));
  const body = make("tbody");
  table.append(fill(make("thead"), heads), body);
  const holder = make("div", "ard-split-lines");
  holder.append(table);
  const foot = make("div", "ard-split-foot");
  const onAccount = make("input", "ard-amount", null, { ...TYPED, inputmode: "decimal", "aria-label": "Leave on account" });
  onAccount.value = said.on_account;
  const gap = make("output", "ard-gap", "", { "aria-live": "polite" });
  const wrong = make("ul", "ard-problems", null, { role: "alert" });
  const unapplied = make("input", "ard-amount", null, { ...TYPED, inputmode: "decimal", "aria-label": "Leave unapplied" });
  unapplied.value = said.unapplied;
  const rests = [
    ["", onAccount, "On account ", "= leaves on account what is still to be spread"],
    ["unapplied", unapplied, "Unapplied ", "= leaves what is still to be spread for a later decision"],
  ];
  const labels = rests.map(([name, input, text, hint]) => {
    const label = make("label", "ard-rest", text);
    input.title = hint;
    input.addEventListener("input", changed);
    input.addEventListener("keydown", (event) => {
      if (event.key === "=") { event.preventDefault(); rest(name); }
    });
    label.append(input);
    return label;
  });
  const find = make("input", "ard-find", null, {
    ...TYPED, "aria-label": "Add an item: reference, customer number or name", placeholder: "Add: reference, customer no. or name",
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && find.value.trim()) { event.preventDefault(); event.stopPropagation(); on.find(find.value); }
  });
  foot.append(find, ...labels, gap, wrong);
  const bank = make("div", "ard-split-bank");
  bank.append(markedText(said.text));
  if (said.advice.length) bank.append(facts(said.advice));
  root.append(top, bank, holder, foot);
  said.items.forEach((item) => body.append(drawLine(item)));
  fill(pane, root);

  function drawLine(item) {
    const tr = make("tr", item.proposed ? "ard-proposed" : "");
    const name = make("td", "ard-left", item.reference, { title: item.item });
    if (item.note) name.append(make("span", "ard-note", ` ${item.note}`));
    tr.append(name, make("td", "ard-left", item.due), make("td", "ard-right", item.open));
    const inputs = {};
    PARTS.forEach(([name, text]) => {
      const coded = name.endsWith("code"), label = `${text} for ${item.reference}`;
      const cell = make("td", coded ? "ard-left" : "ard-right");
      inputs[name] = coded ? codeBox(said.codes, label) : make("input", "ard-amount", null, { ...TYPED, inputmode: "decimal", "aria-label": label });
      inputs[name].value = item[name] ?? "";
      inputs[name].addEventListener("input", changed);
      cell.append(inputs[name]);
      tr.append(cell);
    });
    const left = make("td", "ard-right ard-left-open", "");
    tr.append(left);
    inputs.amount.addEventListener("keydown", (event) => {
      if (event.key === "=" || (event.key === " " && !inputs.amount.value)) { event.preventDefault(); rest(item.item); }
    });
    inputs.amount.title = "= gives this item what is still to be spread";
    lines.set(item.item, { inputs, left, tr });
    return tr;
  }

  /** Put more items into the editor, those that are there already left out. */
  function add(items) {
    const fresh = items.filter((item) => !lines.has(item.item));
    fresh.forEach((item) => body.append(drawLine(item)));
    if (items.length) { const { inputs } = lines.get(items[0].item); inputs.amount.focus(); find.value = ""; }
  }

  function collect() {
    const typedLines = [];
    lines.forEach(({ inputs }, item) => {
      const line = { item };
      PARTS.forEach(([name]) => { line[name] = inputs[name].value; });
      if (PARTS.some(([name]) => !name.endsWith("code") && line[name].trim())) typedLines.push(line); // a code alone takes nothing off
    });
    return { lines: typedLines, on_account: onAccount.value, unapplied: unapplied.value };
  }

  function changed() {
    root.dataset.stale = "yes";
    clearTimeout(timer);
    timer = setTimeout(() => on.ask({ ...collect(), turn: ++turn }), 80);
  }

  /** Ask for what is still to be spread to be put into a field; what waits to be sent goes with it. */
  function rest(name) {
    root.dataset.stale = "yes";
    clearTimeout(timer);
    on.rest(name, { ...collect(), turn: ++turn });
  }

  function take(said, answered) {
    Object.entries(said.filled ?? {}).forEach(([item, text]) => {
      if (item === "") onAccount.value = text; else if (item === "unapplied") unapplied.value = text; else lines.get(item).inputs.amount.value = text;
    });
    if (answered !== turn) { if (Object.keys(said.filled ?? {}).length) changed(); return; } // typed on since: a newer answer comes
    answer = said;
    delete root.dataset.stale;
    gap.textContent = answer.gap_text;
    gap.dataset.whole = answer.whole ? "yes" : "no";
    lines.forEach(({ left, tr }, item) => {
      left.textContent = answer.left[item] ?? "";
      tr.classList.toggle("ard-used", item in answer.left);
    });
    fill(wrong, ...answer.problems.map((text) => make("li", "", text)));
  }

  take(answer, turn);
  const first = [...lines.values()][0];
  (first ? first.inputs.amount : find).focus();
  if (first) first.inputs.amount.select();
  return { el: root, take, add, collect, ready: () => answer.problems.length === 0 && !root.dataset.stale, problems: () => answer.problems };
}

function codeBox(codes, name) {
  const box = make("select", "ard-code", null, { "aria-label": name });
  box.append(make("option", "", "", { value: "" }));
  codes.forEach(([code, text]) => box.append(make("option", "", `${code} ${text}`, { value: code })));
  return box;
}
