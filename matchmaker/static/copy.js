// A button that copies what a field shows. Without this module there is no button, and the field can be copied by hand.

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const told = document.getElementById(button.dataset.tells);
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = (await isCopied(field)) ? button.dataset.done : button.dataset.failed;
  });
}

// Browsers open the clipboard to pages with https alone; elsewhere what is marked is copied.
async function isCopied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
