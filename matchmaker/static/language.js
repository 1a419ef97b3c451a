// What is typed into the forms of a page is there again, once, after the other language was chosen: all but passwords.

import { withUnit } from "./units.js?v=e3b1a2130c1b";

const KEPT = "typed";
const chooser = document.querySelector("form[data-languages]");

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
sessionStorage.removeItem(KEPT);
if (kept?.at === location.pathname) {
  forms().forEach((form, number) => fill(form, kept.forms[number] ?? {}));
}

chooser?.addEventListener("submit", () => {
  const at = new URL(chooser.elements.namedItem("next").value, location.href).pathname;
  const typed = forms().map((form) => (isTouched(form) ? { action: actionOf(form), fields: fieldsOf(form).map(told) } : null));
  if (typed.some(Boolean)) {
    sessionStorage.setItem(KEPT, JSON.stringify({ at, forms: typed }));
  }
});

function forms() {
  return [...document.querySelectorAll("main form[method=post]")];
}

function actionOf(form) {
  return new URL(form.getAttribute("action") ?? "", location.href).pathname;
}

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) =>
      field.name &&
      field.name !== "csrf_token" &&
      !["password", "file", "submit", "button", "fieldset"].includes(field.type) &&
      !field.matches("[data-unit] + [type=hidden]"), // the unit of the page
  );
}

function isTicked(field) {
  return field.type === "checkbox" || field.type === "radio";
}

// Also what the server sent back: with what is wrong above it, or with both versions.
function isTouched(form) {
  const visible = fieldsOf(form).filter((field) => field.type !== "hidden");
  return visible.length > 0 && (document.querySelector("#errors, #both-versions") !== null || visible.some(isChanged));
}

function isChanged(field) {
  if (isTicked(field)) {
    return field.checked !== field.defaultChecked;
  }
  return field.options ? [...field.options].some((each) => each.selected !== each.defaultSelected) : field.value !== field.defaultValue;
}

function told(field) {
  return { name: field.name, value: isTicked(field) ? field.value : withUnit(field), checked: field.checked };
}

// With the version that was shown, so that nothing is stored over what nobody has seen.
function fill(form, { action, fields }) {
  if (action !== actionOf(form)) {
    return;
  }
  for (const field of fieldsOf(form)) {
    const same = ({ name, value }) => name === field.name && (!isTicked(field) || value === field.value);
    const at = fields.findIndex(same);
    if (at < 0) {
      continue;
    }
    const [{ value, checked }] = fields.splice(at, 1);
    if (isTicked(field)) {
      field.checked = checked;
    } else {
      field.value = value;
    }
    if (field.type !== "hidden" && isChanged(field)) {
      field.closest("details")?.setAttribute("open", "");
    }
  }
}
