// A long form is kept in this tab until it is handed in: after a refresh everything is there again, but for passwords.

import { withUnit } from "./units.js?v=e3b1a2130c1b";

const KEPT = "draft-";

for (const gone of document.querySelectorAll("[data-forget-draft]")) {
  sessionStorage.removeItem(KEPT + gone.dataset.forgetDraft);
}

for (const kept of document.querySelectorAll("[data-with-draft]")) {
  const isThere = sessionStorage.getItem(KEPT + kept.dataset.withDraft) !== null;
  kept.hidden = !isThere;
  document.querySelectorAll("[data-without-draft]").forEach((other) => { other.hidden = isThere; });
}

const form = document.querySelector("form[data-draft]");
if (form) {
  const name = KEPT + form.dataset.draft;
  if (form.hasAttribute("data-untouched")) {
    fill(form, JSON.parse(sessionStorage.getItem(name) ?? "{}"));
  }
  keep();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);

  function keep() {
    sessionStorage.setItem(name, JSON.stringify(contents(form)));
  }
}

function kept(field) {
  return field.name && !["password", "hidden", "submit", "button"].includes(field.type) && field.name !== "csrf_token";
}

function contents(form) {
  const found = {};
  for (const field of [...form.elements].filter(kept)) {
    const ticked = field.type === "checkbox" || field.type === "radio";
    if (!ticked || field.checked) {
      (found[field.name] ??= []).push(withUnit(field));
    }
  }
  return found;
}

function fill(form, draft) {
  if (!Object.keys(draft).length) {
    return;
  }
  for (const field of [...form.elements].filter(kept)) {
    const values = draft[field.name] ?? [];
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value);
      if (field.checked) {
        field.closest("details")?.setAttribute("open", "");
      }
    } else if (values.length) {
      field.value = values[0];
    }
  }
}
