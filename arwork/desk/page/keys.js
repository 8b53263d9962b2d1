// The keys of the desk, as it lists them.

const KEYS = [
  ["↓ j · ↑ k", "next, previous receipt"], ["PgUp PgDn Home End", "a page, first, last"], ["Enter", "open the receipt: to its detail"],
  ["Shift+↓ ↑ · x", "choose several · choose or leave one"], ["a · 1 … 9", "accept what is proposed · a rival instead"], ["r", "reject it"], ["s", "split by hand"],
  ["c · p · d · l", "contact, promise, dispute, alias of the customer"], ["g · w · z", "go on with a dispute · withdraw a promise · undo a record"],
  ["o · v", "propose a write-off · a change of a rule, for a second person"], ["b", "what waits for a second person: a approves, r rejects"],
  ["h", "hold for later"], ["n", "note"], ["u", "undo the decision"], ["/", "search all columns"], ["f", "filter the columns"],
  ["[ · ]", "queue before, queue after"], ["Ctrl+Enter", "confirm"], ["Esc", "back"], ["?", "this list"],
];

function keyList() {
  const box = make("div", "ard-keys", null, { role: "dialog", "aria-label": "Keys" });
  const list = make("dl");
  KEYS.forEach(([key, text]) => list.append(make("dt", "", key), make("dd", "", text)));
  box.append(make("strong", "", "Keys"), list);
  return box;
}
