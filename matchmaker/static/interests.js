// An interest, or the mark of a host, is saved at once, without loading the page anew. Without this file the same forms work by themselves.

const words = document.getElementById("interest-words").dataset;
const line = document.createElement("div");
line.className = "saved-line";
line.setAttribute("role", "status");
document.body.append(line);

let last = Promise.resolve(); // one after another, in the order of the taps
let undo = null; // what takes back the last tap, and `of` which interest; a tap that changes nothing leaves only its own
const LONG = 400; // milliseconds after which the reader is told that it is under way

const formsLike = (form) =>
  [...document.querySelectorAll("form[data-interest]")].filter((other) => other.dataset.interest === form.dataset.interest);

function show(form, level) {
  for (const each of formsLike(form)) {
    for (const button of each.querySelectorAll("button")) {
      if (button.value) button.setAttribute("aria-pressed", String(button.value === level));
      else button.hidden = !level;
    }
  }
}

// What the page says while nothing is given.
function showWhetherAny() {
  const any = document.querySelector('form[data-interest] [aria-pressed="true"]') !== null;
  document.querySelectorAll("[data-none-given]").forEach((each) => { each.hidden = any; });
}

function say(text, tone, button, warning, counter) {
  const told = document.createElement("p");
  told.textContent = text;
  line.replaceChildren(told);
  line.dataset.tone = tone;
  if (counter) {
    const given = document.createElement("p");
    given.className = "muted";
    given.textContent = words.counter.replace("{}", counter);
    line.append(given);
  }
  if (warning) {
    const more = document.createElement("p");
    const link = document.createElement("a");
    link.href = warning.url;
    link.textContent = warning.link;
    more.append(warning.said, " ", link);
    line.append(more);
  }
  if (button) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm btn-outline-primary";
    again.textContent = button.text;
    again.addEventListener("click", button.action);
    line.append(again);
  }
}

async function send(form, level) {
  const data = new FormData(form);
  data.set("level", level);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  return { told, ok: answer.ok && told !== null, refused: answer.status === 409 && told !== null, failed: answer.status >= 500 };
}

// How well a project suits counts the interest as well, and lists are in the order of the levels: the page says it as it is now.
async function refresh() {
  const told = document.querySelector("[data-as-stored]");
  if (!told) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const now = page.querySelector("[data-as-stored]");
  if (!now) return;
  told.replaceWith(now);
  tellKeys(now);
}

async function save(form, level) {
  const again = { text: words.again, action: () => choose(form, level) };
  form.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => say(words.saving, "busy"), LONG);
  try {
    const { told, ok, refused, failed } = await send(form, level);
    clearTimeout(waiting);
    if (told?.counter) document.querySelectorAll("[data-must-meets]").forEach((each) => { each.textContent = told.counter; });
    if (ok) {
      show(form, told.level);
      showWhetherAny();
      if (told.changed) undo = { of: form.dataset.interest, action: () => choose(form, told.before) };
      else if (undo?.of !== form.dataset.interest) undo = null;
      say(told.said, "success", undo && { text: words.undo, action: undo.action }, told.warning, told.counter);
      await refresh().catch(() => {}); // what was told above is stored all the same
    } else if (refused) say(told.said, "danger", null, told.warning);
    else say(failed ? words.failed : words.ended, "danger", failed ? again : null);
  } catch {
    say(words.failed, "danger", again);
  } finally {
    clearTimeout(waiting);
    form.removeAttribute("aria-busy");
  }
}

function choose(form, level) {
  const focused = document.activeElement;
  const hadFocus = form.contains(focused) || line.contains(focused);
  const byKey = focused.matches(":focus-visible");
  last = last.then(() => save(form, level)).then(() => {
    const lost = !document.activeElement || document.activeElement === document.body || document.activeElement.hidden;
    if (hadFocus && lost) placeOf(form, focused.value)?.focus({ preventScroll: true });
    // The line at the foot may lie on it; whoever taps down a list is not carried off with a row that moved.
    if (hadFocus && (byKey || form.isConnected)) document.activeElement.scrollIntoView({ block: "nearest" });
  });
}

// The same button where its row is now; where there is none any more, what can undo it.
function placeOf(form, value) {
  const shown = [...(formsLike(form)[0]?.querySelectorAll("button:not([hidden])") ?? [])];
  return shown.find((button) => button.value === value) ?? shown[0] ?? line.querySelector("button");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-interest]")) return;
  event.preventDefault();
  choose(form, event.submitter?.value ?? "");
});

// Only while a button of the group has the focus, so that no key does anything by surprise.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-interest]");
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "u") undo?.action();
  const button = form.querySelectorAll("button")[{ 1: 0, 2: 1, 3: 2, 0: 3 }[event.key]];
  if (button && !button.hidden) choose(form, button.value);
});

function tellKeys(part) {
  for (const form of part.querySelectorAll("form[data-interest]")) {
    form.title = words.keys;
    [..."1230"].forEach((key, index) => form.querySelectorAll("button")[index].setAttribute("aria-keyshortcuts", key));
  }
}
tellKeys(document);
