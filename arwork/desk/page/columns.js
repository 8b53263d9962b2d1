// Columns of the board as they came over the wire: whole columns, not rows. Nothing here draws.

const MINUS = "\u2212";
const NO_DAY = -2147483648;

/** Copy a buffer of the wire into a typed array; a view may start at an odd byte. */
function typed(kind, view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  return new kind(bytes.buffer);
}

/** Read one column; line ends part the texts, for the sender leaves none inside a text. */
function readColumn(said, buffers) {
  const words = (number) => {
    const text = new TextDecoder().decode(buffers[number]);
    return text === "" ? [""] : text.split("\n");
  };
  const column = { ...said };
  if (said.form === "coded") {
    column.words = words(said.words);
    column.codes = typed(Int32Array, buffers[said.codes]).slice();
  } else if (said.form === "texts") column.texts = words(said.texts);
  else if (said.form === "wide") column.numbers = typed(BigInt64Array, buffers[said.numbers]);
  else column.numbers = typed(Int32Array, buffers[said.numbers]);
  return column;
}

/** Raw value of a cell: a text, or a number. */
function valueAt(column, row) {
  if (column.words) return column.words[column.codes[row]];
  if (column.texts) return column.texts[row];
  return column.numbers[row];
}

/** Put a new value into a cell, after somebody decided. */
function setValue(column, row, value) {
  if (column.words) {
    let code = column.words.indexOf(value);
    if (code < 0) code = column.words.push(value) - 1;
    column.codes[row] = code;
    column.rank = null;
  } else if (column.texts) column.texts[row] = value;
  else column.numbers[row] = column.form === "wide" ? BigInt(value) : value;
  column.key = null;
}

/** Write minor units with the decimals of their currency: 1,234.50. */
function moneyText(minor, decimals) {
  const negative = minor < 0n;
  let digits = String(negative ? -minor : minor).padStart(decimals + 1, "0");
  const fraction = decimals ? "." + digits.slice(digits.length - decimals) : "";
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return (negative ? MINUS : "") + whole + fraction;
}

function dayText(days) {
  return days === NO_DAY ? "" : new Date(days * 86400000).toISOString().slice(0, 10);
}

/** What stands in a cell. */
function cellText(board, column, row) {
  const value = valueAt(column, row);
  if (column.kind === "money") return moneyText(value, board.decimals[valueAt(board.by.currency, row)] ?? 2);
  if (column.kind === "day") return dayText(value);
  if (column.kind === "percent") return value < 0 ? "" : (value / 100).toFixed(value >= 9950 && value < 10000 ? 1 : 0) + " %";
  if (column.kind === "number") return value === NO_DAY ? "" : String(value);
  return value;
}

/** Numbers that sort as the cells do. */
function sortKey(board, column) {
  if (column.key) return column.key;
  const size = board.size;
  const key = new Float64Array(size);
  if (column.kind === "money") {
    for (let row = 0; row < size; row++) key[row] = Number(column.numbers[row]) / 10 ** (board.decimals[valueAt(board.by.currency, row)] ?? 2);
  } else if (column.numbers) for (let row = 0; row < size; row++) key[row] = column.numbers[row];
  else {
    const texts = column.words ?? column.texts;
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const places = Array.from(texts.keys());
    places.sort((a, b) => (texts[a] === "") - (texts[b] === "") || collator.compare(texts[a], texts[b]));
    const rank = new Float64Array(texts.length);
    places.forEach((place, n) => { rank[place] = n && texts[places[n - 1]] === texts[place] ? rank[places[n - 1]] : n; });
    for (let row = 0; row < size; row++) key[row] = column.words ? rank[column.codes[row]] : rank[row];
  }
  column.key = key;
  return key;
}

/** Small letters without accents, so that `muller` finds Müller. */
function fold(text) {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
}

/** All that the search box looks through, row by row; built once, when it is first needed. */
function haystack(board) {
  if (!board.hay) {
    const parts = board.columns.filter((column) => column.kind === "text" || column.kind === "money");
    const folded = parts.map((column) => column.words && column.words.map(fold));
    const more = board.words ?? [];
    board.hay = Array.from({ length: board.size }, (_, row) =>
      parts.map((column, n) => (folded[n] ? folded[n][column.codes[row]] : fold(cellText(board, column, row)))).join("\u0001") + fold(more[row] ?? ""));
  }
  return board.hay;
}

/** Turn what stands in a column's filter into a test of a row; null when it filters nothing. */
function columnTest(board, column, typedText) {
  const wanted = typedText.trim();
  if (!wanted) return null;
  if (column.kind === "text") {
    const [not, rest] = wanted.startsWith("!") ? [true, fold(wanted.slice(1))] : [false, fold(wanted)];
    const exact = rest.startsWith("=");
    const fits = (text) => (exact ? fold(text) === rest.slice(1) : fold(text).includes(rest)) !== not;
    if (column.words) {
      const good = column.words.map(fits);
      return (row) => good[column.codes[row]];
    }
    return (row) => fits(column.texts[row]);
  }
  return numberTest(board, column, wanted) ?? ((row) => cellText(board, column, row).startsWith(wanted));
}

function numberTest(board, column, wanted) {
  const parts = wanted.match(/^(<=|>=|<|>|=)?\s*([^.\s].*?)(?:\s*\.\.\s*(.+))?$/);
  if (!parts) return null;
  const plain = (text) => Number(text.replace(/[,\s'%]/g, "")) * (column.kind === "percent" ? 100 : 1);
  const read = (text) => (column.kind === "day" ? Date.parse(text + "T00:00:00Z") / 86400000 : plain(text));
  const low = read(parts[2]);
  const high = parts[3] === undefined ? null : read(parts[3]);
  if (Number.isNaN(low) || Number.isNaN(high ?? 0)) return null;
  const key = sortKey(board, column);
  if (high !== null) return (row) => key[row] >= low && key[row] <= high;
  const tests = { "<": (n) => n < low, ">": (n) => n > low, "<=": (n) => n <= low, ">=": (n) => n >= low, "=": (n) => n === low };
  const test = tests[parts[1] ?? "="];
  return (row) => test(key[row]);
}

/** The rows that pass all filters, in the order asked for. */
function chosenRows(board, filters) {
  const tests = [];
  const queues = board.by.queue;
  const wanted = queues.words.map((word) => filters.queue === "*all" || (filters.queue === "*waiting" ? board.waiting.includes(word) : word === filters.queue));
  if (!wanted.every(Boolean)) tests.push((row) => wanted[queues.codes[row]]);
  for (const [name, text] of Object.entries(filters.columns)) {
    const test = columnTest(board, board.by[name], text);
    if (test) tests.push(test);
  }
  const words = fold(filters.search).split(/\s+/).filter(Boolean);
  if (words.length) {
    const hay = haystack(board);
    tests.push((row) => words.every((word) => hay[row].includes(word)));
  }
  const rows = [];
  for (let row = 0; row < board.size; row++) if (tests.every((test) => test(row))) rows.push(row);
  const order = Int32Array.from(rows);
  if (filters.sort) {
    const key = sortKey(board, board.by[filters.sort.name]);
    const way = filters.sort.down ? -1 : 1;
    order.sort((a, b) => way * (key[a] - key[b]) || a - b);
  }
  return order;
}

/** Sums of rows by currency, as text. */
function sums(board, rows) {
  const totals = new Map();
  for (const row of rows) {
    const currency = valueAt(board.by.currency, row);
    totals.set(currency, (totals.get(currency) ?? 0n) + board.by.amount.numbers[row]);
  }
  const told = [...totals].map(([currency, minor]) => [minor, currency]).sort((a, b) => (a[1] < b[1] ? -1 : 1));
  return told.slice(0, 4).map(([minor, currency]) => `${moneyText(minor, board.decimals[currency] ?? 2)} ${currency}`).join(" · ") + (told.length > 4 ? " …" : "");
}
