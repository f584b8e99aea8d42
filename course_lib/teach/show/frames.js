// Moves a figure without a kernel: every setting of its controls that was drawn is kept in the page, as what differs
// from the picture above, and a control lays one of them over it. Stands in stored notebooks and in the site.
"use strict";
(() => {
  function pictureAbove(place) {                       // the picture right before it, a few boxes up at most
    for (let at = place, up = 0; at && up < 5; at = at.parentElement, up += 1) {
      for (let above = at.previousElementSibling; above; above = above.previousElementSibling) {
        const found = above.matches("img") ? [above] : above.querySelectorAll("img");
        if (found.length) return found[found.length - 1];
      }
    }
    return null;
  }

  function made(kind, attributes = {}, words = "") {
    const element = Object.assign(document.createElement(kind), attributes);
    if (words) element.textContent = words;
    return element;
  }

  function slider(control) {
    const field = made("input", { type: "range", min: 0, max: control.words.length - 1, step: 1, autocomplete: "off" });
    field.value = control.start;
    const now = made("span", { className: "now" });
    now.setAttribute("aria-hidden", "true");
    const tell = () => {                               // its value, not its place
      field.setAttribute("aria-valuetext", control.words[field.value]);
      now.textContent = control.words[field.value];
    };
    return { field, tell, parts: [field, now] };
  }

  function choice(control) {
    const field = made("select", { autocomplete: "off" });
    control.words.forEach((word, place) => field.append(made("option", { value: place }, word)));
    field.value = control.start;
    return { field, tell: () => {}, parts: [field] };
  }

  async function loaded(address) {
    const image = made("img", { src: address });
    await image.decode();
    return image;
  }

  async function laidOver(first, frame) {              // one picture: two, scaled apart, would leave a rim
    const [below, above] = await Promise.all([loaded(first), loaded(frame)]);
    const sheet = made("canvas", { width: below.naturalWidth, height: below.naturalHeight });
    for (const layer of [below, above]) sheet.getContext("2d").drawImage(layer, 0, 0);
    return sheet.toDataURL();
  }

  function setUp(holder, number) {
    holder.dataset.ready = "yes";
    const held = JSON.parse(holder.querySelector("script").textContent), shown = pictureAbove(holder);
    if (!shown) return;
    const first = shown.src, status = made("p", { className: "unseen" });
    let wanted = "";
    const controls = held.controls.map(control => (control.slides ? slider : choice)(control));
    const frame = () => held.frames[controls.map(control => control.field.value).join(" ")];

    function move(event) {
      if (!frame()) {                                  // only settings with one control moved were drawn
        controls.forEach((control, place) => {
          if (control.field !== event.target) control.field.value = held.controls[place].start;
        });
      }
      controls.forEach(control => control.tell());
      const [webp, title] = frame();
      const at = held.controls.map((control, place) => `${control.name} ${control.words[controls[place].field.value]}`);
      const words = `${title || "The figure"}. At ${at.join(", ")}.`;
      wanted = words;
      laidOver(first, `data:image/webp;base64,${webp.replaceAll("-", "+").replaceAll("_", "/")}`).then(address => {
        if (wanted !== words) return;                  // moved on meanwhile
        shown.src = address;
        shown.alt = status.textContent = words;
      });
    }

    status.setAttribute("role", "status");
    status.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
    const box = made("fieldset", { className: "movers" });
    box.append(made("legend", {}, "Move the figure"));
    controls.forEach((control, place) => {
      const row = made("div"), label = made("label", {}, held.controls[place].name);
      label.htmlFor = control.field.id = `move-${document.querySelectorAll(".movers").length}-${number}-${place}`;
      label.style.cssText = "display:inline-block;min-width:7rem";
      control.tell();
      control.field.addEventListener("input", move);
      row.append(label, " ", ...control.parts);
      box.append(row);
    });
    box.append(made("p", { className: "quiet" }, held.note));
    holder.querySelector("p").replaceWith(box, status);
  }

  document.querySelectorAll(".course-frames:not([data-ready])").forEach(setUp);
})();
