// Finds parts of pages that hold all words asked for. The index is COURSE_INDEX of search-index.js: [address, heading, text].
"use strict";

const MOST = 50;
const AROUND = 110;         // letters of text shown before and behind the first word found
const field = document.getElementById("search-field");
const results = document.getElementById("results");
const count = document.getElementById("count");

function wordsOf(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function scoreOf([, heading, text], words) {
  const head = heading.toLowerCase(), body = text.toLowerCase();
  let score = 0;
  for (const word of words) {
    const times = body.split(word).length - 1;
    const inHead = head.includes(word);
    if (!times && !inHead) return 0;
    score += Math.min(times, 5) + (inHead ? 10 : 0);
  }
  return score;
}

function marked(text, words) {
  const lower = text.toLowerCase();
  const places = words.map(word => lower.indexOf(word)).filter(at => at >= 0);
  const first = places.length ? Math.min(...places) : 0;
  const start = Math.max(0, first - AROUND), end = Math.min(text.length, first + AROUND);
  const shown = document.createElement("p");
  if (start > 0) shown.append("… ");
  let at = start;
  while (at < end) {
    const found = words.map(word => ({at: lower.indexOf(word, at), size: word.length}))
      .filter(one => one.at >= 0 && one.at < end).sort((a, b) => a.at - b.at || b.size - a.size)[0];
    if (!found) break;
    shown.append(text.slice(at, found.at));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(found.at, found.at + found.size);
    shown.append(mark);
    at = found.at + found.size;
  }
  if (at < end) shown.append(text.slice(at, end));
  if (end < text.length) shown.append(" …");
  return shown;
}

function find() {
  const words = wordsOf(field.value);
  results.replaceChildren();
  if (!words.length) { count.textContent = ""; return; }
  const found = COURSE_INDEX.map(entry => ({entry, score: scoreOf(entry, words)})).filter(one => one.score > 0)
    .sort((a, b) => b.score - a.score);
  const more = found.length > MOST ? `; the first ${MOST} are shown` : "";
  count.textContent = `${found.length} ${found.length === 1 ? "part holds" : "parts hold"} “${field.value.trim()}”${more}`;
  for (const {entry: [address, heading, text]} of found.slice(0, MOST)) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = heading;
    item.append(link, marked(text, words));
    results.append(item);
  }
}

// What was typed stands in the address, so that whoever comes back from a part that was found sees the same list again.
function remember() {
  const asked = field.value.trim();
  const address = asked ? `?q=${encodeURIComponent(asked)}` : location.pathname;
  try { history.replaceState(null, "", address); } catch { /* some browsers forbid it on a disk */ }
}

field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => { find(); remember(); });
document.getElementById("search").addEventListener("submit", event => { event.preventDefault(); find(); });
find();
