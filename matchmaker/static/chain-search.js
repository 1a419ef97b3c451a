// Finds chains in the tree by their English or Chinese name, by pinyin, or by its first letters.

for (const search of document.querySelectorAll("[data-chain-search]")) {
  const tree = document.getElementById(search.dataset.chainSearch);
  const told = document.getElementById(`${search.dataset.chainSearch}-found`);
  const input = search.querySelector("input");
  const groups = [...tree.querySelectorAll("details")].map((group) => ({
    group,
    opened: group.open,
    rows: [...group.querySelectorAll("[data-found-by]")],
  }));
  search.hidden = false;

  const look = () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { group, opened, rows } of groups) {
      let here = 0;
      for (const row of rows) {
        const fits = wanted.every((word) => row.dataset.foundBy.includes(word));
        row.hidden = !fits;
        here += fits ? 1 : 0;
      }
      group.hidden = here === 0;
      group.open = wanted.length ? here > 0 : opened || Boolean(group.querySelector(":checked"));
      found += here;
    }
    told.textContent = wanted.length ? told.dataset.words.replace("{}", found) : "";
  };

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // it would hand the whole form in
    } else if (event.key === "Escape" && input.value) {
      input.value = "";
      look();
    }
  });
}
