// What every page does: open what an address points into, and let boxes that scroll be reached by keyboard.
"use strict";

function openTarget() {
  let target = null;
  try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
  if (!target) return;
  let opened = false;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    if (!fold.classList.contains("gate") && !fold.open) { fold.open = true; opened = true; }
  }
  if (opened) target.scrollIntoView();
}

function reachScrollingBoxes() {
  for (const box of document.querySelectorAll(".wide, pre")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.matches("pre") ? "Code or printed text, scrolls sideways" : "Table, scrolls sideways");
    } else if (box.tabIndex === 0) {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
}

openTarget();
reachScrollingBoxes();
addEventListener("hashchange", openTarget);
addEventListener("resize", reachScrollingBoxes);
document.addEventListener("toggle", reachScrollingBoxes, true);
