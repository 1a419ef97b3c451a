// The inbox without reloading: forms and links of the list are sent in the background and the answer's list takes the
// place of the old one. Where no answer comes, the list stays as it is and offers to try again; where something else comes, the
// form is sent as it would be without this file.

const LIST = "inbox";
let busy = false;

const inbox = () => document.getElementById(LIST);

// That something is under way is seen and heard; the line of words stays when the list is exchanged.
function setBusy(isBusy) {
  busy = isBusy;
  const told = document.getElementById("inbox-busy");
  if (isBusy) inbox().setAttribute("aria-busy", "true");
  else inbox().removeAttribute("aria-busy");
  told.textContent = isBusy ? told.dataset.words : "";
}

// What the reader has ticked, opened and typed stays when the list is exchanged.
function keepState() {
  return [...inbox().querySelectorAll("details[id], .proposals input[id], .several input[id], textarea[id], .proposals select[id]")].map((element) => ({
    id: element.id,
    value: element.value,
    open: element.open,
    checked: element.checked,
  }));
}

function restoreState(states, answered) {
  for (const state of states) {
    const element = document.getElementById(state.id);
    if (!element || (answered && answered.contains(element))) continue;
    if (element.tagName === "DETAILS") element.open ||= state.open;
    else if (element.type === "checkbox" || element.type === "radio") element.checked = state.checked && element.value === state.value;
    else if (!element.value) element.value = state.value;
  }
}

class NoAnswer extends Error {}

async function load(url, options) {
  try {
    const response = await fetch(url, { credentials: "same-origin", ...options });
    return { response, text: await response.text() };
  } catch {
    throw new NoAnswer();
  }
}

async function fetchList(url, options) {
  const { response, text } = await load(url, options);
  if (response.status >= 500) throw new NoAnswer();
  const page = new DOMParser().parseFromString(text, "text/html");
  const list = page.getElementById(LIST);
  if (!(response.ok || response.status === 409) || !list) throw new Error("no list came back");
  return { page, list };
}

function exchange({ page, list }, { keep = true, rowId = null } = {}) {
  const states = keep ? keepState() : [];
  inbox().replaceWith(document.adoptNode(list));
  document.title = page.title;
  restoreState(states, rowId && document.getElementById(rowId));
  prepare();
}

function goTo(element) {
  if (!element) return;
  element.focus({ preventScroll: true });
  const isForm = element.id.startsWith("offer-");
  const shown = isForm ? element.closest("[data-row]") : element;
  shown.scrollIntoView({ block: isForm || element.id === "place" ? "start" : "nearest" });
}

// In the list, where the reader is; what was ticked and typed stays.
function sayNoAnswer(place, words, again) {
  const told = document.createElement("div");
  told.id = "inbox-failed";
  told.className = "notice-line";
  told.setAttribute("role", "alert");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-primary";
  button.textContent = document.getElementById("inbox-busy").dataset.again;
  button.addEventListener("click", () => { if (!busy) again(); });
  told.append(words, " ", button);
  document.getElementById("inbox-failed")?.remove();
  place.append(told);
  told.scrollIntoView({ block: "nearest" });
}

async function send(form, button) {
  const data = new FormData(form, button);
  const row = form.closest("[data-row]");
  const several = form.id === "several";
  setBusy(true);
  try {
    const answer = await fetchList(form.action, { method: "POST", body: new URLSearchParams(data) });
    exchange(answer, { keep: !several, rowId: row && row.id });
    goTo(document.getElementById("place") || document.getElementById("both-versions") || document.querySelector("#inbox .field-error")?.closest("form"));
  } catch (error) {
    if (error instanceof NoAnswer) {
      sayNoAnswer(row ? row.querySelector("article") : form, document.getElementById("inbox-busy").dataset.failed, () => send(form, button));
      return;
    }
    if (button && button.name) {
      const named = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
      form.append(named);
    }
    form.submit();
  } finally {
    setBusy(false);
  }
}

async function follow(link) {
  const row = link.closest("[data-row]");
  setBusy(true);
  try {
    exchange(await fetchList(link.href));
    const shown = document.getElementById(row.id);
    goTo(shown.querySelector("[id^=offer-]") || shown.querySelector("[data-offer]") || shown);
  } catch (error) {
    if (error instanceof NoAnswer) {
      sayNoAnswer(row.querySelector("article"), document.getElementById("inbox-busy").dataset.unloaded, () => follow(link));
      return;
    }
    location.assign(link.href);
  } finally {
    setBusy(false);
  }
}

// Somebody else of the team may have answered meanwhile.
async function refresh() {
  if (busy || document.visibilityState !== "visible" || new URLSearchParams(location.search).has("offer")) return;
  if (inbox().querySelector(".slots")) return;
  busy = true;
  const focused = document.activeElement?.id;
  try {
    exchange(await fetchList(location.pathname + location.search));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } catch {
    // The list stays as it is until the next action.
  } finally {
    busy = false;
  }
}

// -- several at once -------------------------------------------------------------------------------------------------

const boxes = () => [...inbox().querySelectorAll("input[name=chosen]")];

function countChosen() {
  const told = inbox().querySelector("[data-chosen]");
  if (!told) return;
  const chosen = boxes().filter((box) => box.checked).length;
  told.textContent = told.dataset.words.replace("{count}", chosen);
  const all = document.getElementById("chosen-all");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
  for (const answer of inbox().querySelectorAll("[data-answers]")) answer.hidden = chosen === 0;
}

function prepare() {
  for (const hidden of inbox().querySelectorAll("[data-keys], [data-all]")) hidden.hidden = false;
  countChosen();
}

// -- keys, only while the list has the focus -------------------------------------------------------------------------

const KEYS = {
  j: (row) => goTo(neighbour(row, 1)),
  k: (row) => goTo(neighbour(row, -1)),
  a: (row) => row.querySelector(".actions > .post-button button")?.click(),
  d: (row) => open(row.querySelector("[id^=decline-] > summary")),
  o: (row) => row.querySelector("a[data-offer]")?.click(),
  x: (row) => row.querySelector("input[name=chosen]")?.click(),
};

function neighbour(row, step) {
  const rows = [...inbox().querySelectorAll("[data-row]")];
  return rows[rows.indexOf(row) + step];
}

function open(summary) {
  if (!summary) return;
  summary.parentElement.open = true;
  summary.parentElement.querySelector("input[type=radio]").focus();
}

function rowOfFocus() {
  const at = document.activeElement;
  if (at?.id === "place") return at.closest("li")?.nextElementSibling || inbox().querySelector("[data-row]");
  return at?.closest?.("[data-row]");
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
  const row = rowOfFocus();
  const act = KEYS[event.key.toLowerCase()];
  if (!row || !act || busy) return;
  event.preventDefault();
  act(row);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!inbox().contains(form) || form.method !== "post") return;
  event.preventDefault();
  if (!busy) send(form, event.submitter);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-offer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!busy) follow(link);
});
document.addEventListener("change", (event) => {
  if (event.target.id === "chosen-all") for (const box of boxes()) box.checked = event.target.checked;
  if (inbox().contains(event.target)) countChosen();
});
document.addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", (event) => event.persisted && refresh());
prepare();
