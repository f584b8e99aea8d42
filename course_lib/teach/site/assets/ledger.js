// Filters and sorts the statements of the ledger; nothing is fetched, all of them are on the page.
"use strict";

const list = document.getElementById("statements");
const statements = [...list.children];
const filters = [...document.querySelectorAll("[data-filter]")];
const words = document.getElementById("by-words");
const sortedBy = document.getElementById("sorted-by");

function isWanted(statement) {
  const text = statement.textContent.toLowerCase();
  return filters.every(f => !f.value || statement.dataset[f.dataset.filter] === f.value)
    && words.value.toLowerCase().split(/\s+/).every(word => text.includes(word));
}

function refresh() {
  let shown = 0;
  for (const statement of statements) {
    statement.hidden = !isWanted(statement);
    if (!statement.hidden) shown += 1;
  }
  document.getElementById("count").textContent = `${shown} of ${statements.length} statements`;
}

function sort() {
  const key = sortedBy.value;
  const place = new Map(statements.map((statement, index) => [statement, index]));
  const order = [...statements].sort((a, b) =>
    a.dataset[key].localeCompare(b.dataset[key], "en") || place.get(a) - place.get(b));
  list.append(...order);
}

for (const filter of filters) filter.addEventListener("change", refresh);
words.addEventListener("input", refresh);
sortedBy.addEventListener("change", sort);
const form = document.querySelector(".filters");
form.addEventListener("submit", event => event.preventDefault());
form.hidden = false;                                   // without scripts it would do nothing
addEventListener("hashchange", () => {                 // a link to a statement that a filter hides shows all again
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.hidden) {
    for (const filter of filters) filter.value = "";
    words.value = "";
    refresh();
    target.scrollIntoView();
  }
});
sort();
refresh();
