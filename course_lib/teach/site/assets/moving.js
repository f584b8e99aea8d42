// Moves a figure: every setting of its controls that was drawn is a picture in the page, and a control swaps them.
"use strict";

function isSlider(control) { return control.type === "range"; }

function startOf(control) { return isSlider(control) ? control.defaultValue : control.dataset.start; }

function tell(control) {                               // say a slider's value, not its place
  if (!isSlider(control)) return;
  const word = JSON.parse(control.dataset.words)[control.value];
  control.setAttribute("aria-valuetext", word);
  control.nextElementSibling.textContent = word;
}

function setUp(figure) {
  const shown = figure.querySelector("img");
  const status = figure.querySelector("[role=status]");
  const controls = [...figure.querySelectorAll("input, select")];
  const frames = new Map([...figure.querySelector("template").content.children].map(f => [f.dataset.at, f]));
  const here = () => frames.get(controls.map(control => control.value).join(" "));

  function move(event) {
    if (!here()) {                                     // only settings with one control moved were drawn
      for (const control of controls) if (control !== event.target) control.value = startOf(control);
    }
    controls.forEach(tell);
    shown.src = here().src;
    shown.alt = here().alt;
    status.textContent = here().alt;
  }

  for (const control of controls) {
    control.value = startOf(control);
    control.addEventListener("input", move);
  }
  figure.querySelector(".movers").hidden = false;
}

document.querySelectorAll(".moving").forEach(setUp);
