// Contacts, promises, disputes and aliases: forms that the kernel describes. Every text becomes a text node or a value, never markup.

/** Buttons for the forms that fit the customer, each with its key. */
function formButtons(forms, onForm) {
  const row = make("div", "ard-forms", null, { role: "group", "aria-label": "Record" });
  forms.forEach((form) => {
    const button = make("button", "ard-plain", `${form.label} (${form.key})`, { type: "button" });
    button.addEventListener("click", () => onForm(form));
    row.append(button);
  });
  return row;
}

let suggestions = 0;

/** One form: its element, its first field, and what stands in its fields. */
function makeForm(said) {
  const el = make("div", "ard-form", null, { role: "group", "aria-label": said.label });
  const inputs = {};
  said.fields.forEach((field) => {
    const label = make("label", field.kind === "suggest" ? "ard-field ard-long" : "ard-field");
    label.append(make("span", "ard-note", field.label));
    const hint = field.kind === "day" ? "YYYY-MM-DD" : "";
    const input = field.kind === "choice" ? make("select") : make("input", "", null, { type: "text", autocomplete: "off", maxlength: "200", placeholder: hint });
    // A day is written as everywhere on the desk; a browser's own field writes it in the way of its language.
    const options = (field.options ?? []).map((text, n) => {
      const option = make("option", "", field.words?.[n] ?? (text || "none"));
      option.value = text;
      return option;
    });
    if (field.kind === "suggest") {
      const known = make("datalist", "", null, { id: `arwork-known-${++suggestions}` });
      known.append(...options);
      input.setAttribute("list", known.id);
      label.append(known);
    } else input.append(...options);
    input.value = field.value;
    input.name = field.name;
    label.append(input);
    el.append(label);
    inputs[field.name] = input;
  });
  // What stands in one field may follow what is chosen in another, until somebody typed in it.
  said.fields.filter((field) => field.by).forEach((field) => {
    let given = field.value;
    Object.entries(field.by).forEach(([name, texts]) => inputs[name].addEventListener("change", () => {
      if (inputs[field.name].value !== given) return;
      given = inputs[field.name].value = texts[inputs[name].value] ?? "";
    }));
  });
  const first = Object.values(inputs).find((input) => !input.value) ?? Object.values(inputs)[0];
  return {
    el,
    focus: () => first.focus({ preventScroll: true }),
    collect: () => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value])),
  };
}

/** The form that undoes a record, with one of them chosen. */
function undoForm(forms, number) {
  const form = forms.find((one) => one.name === "undo");
  return { ...form, fields: form.fields.map((field) => ({ ...field, value: number })) };
}
