// Holds a typed guess against what the stored run measured, in the words of the course's own judge (ledger/guesses.py).
"use strict";

const NEUTRAL = { "change": 0, "ratio": 1, "signed share": 0 };      // where the direction turns

// A number without digits behind the point, as Python writes it: a half goes to the even neighbour.
function whole(number) {
  const below = Math.floor(number);
  if (number - below === 0.5) return String(below % 2 === 0 ? below : below + 1);
  return number.toFixed(0);
}

function general(value, digits) {                      // as Python's format "g"
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  if (power >= -4 && power < digits) return String(Number(value.toPrecision(digits)));
  return `${Number(mantissa)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

const signed = value => (value < 0 ? "" : "+") + general(value, 3);
const isShare = scale => scale.endsWith("share");

function shown(value, scale) {
  if (isShare(scale)) return `${general(100 * value, 3)}%`;
  return scale === "change" ? signed(value) : general(value, 3) + (scale === "ratio" ? "×" : "");
}

function told([low, high], scale) {
  return low === high ? shown(low, scale) : `${shown(low, scale)} to ${shown(high, scale)}`;
}

function sideOf([low, high], scale) { return low > NEUTRAL[scale] ? 1 : high < NEUTRAL[scale] ? -1 : 0; }

function isTurnedRight(scale, mine, ends) {            // null where there is no direction, or it is open
  if (!(scale in NEUTRAL) || !sideOf(ends, scale)) return null;
  return !sideOf(mine, scale) && mine[0] < mine[1] ? null : sideOf(mine, scale) === sideOf(ends, scale);
}

function judge(held, row, mine) {
  const { scale } = held, { value } = row;
  const ends = row.low === null || row.high === null ? [value, value] : [row.low, row.high];
  const far = mine.reduce((one, other) => Math.abs(other) > Math.abs(one) ? other : one);
  const isBounded = held.ends.every(end => end === null || Math.abs(end) <= 1);
  if (isShare(scale) && isBounded && Math.abs(far) > 1 && Math.abs(value) <= 1) return asPercent(held, row, mine, far);
  const said = `You said ${told(mine, scale)}; ${shown(value, scale)} came out. `;
  if (mine[0] <= ends[1] && ends[0] <= mine[1]) return said + right(mine, ends, value);
  const direction = isTurnedRight(scale, mine, ends);
  if (direction === false) return said + turned(scale, mine, value);
  const isOpen = scale in NEUTRAL && !sideOf(ends, scale);
  const before = direction ? "The direction is right. "
    : isOpen ? "The measurement itself does not settle the direction. " : "";
  if (mine[0] < mine[1]) {
    return `${said}${before}The result lies ${value < mine[0] ? "below" : "above"} your range: next time, ask first `
      + "what could carry it there, and widen the range on that side.";
  }
  return said + before + (isShare(scale) ? byPoints(mine[0], value) : byFactor(mine[0], value));
}

function right(mine, ends, value) {
  if (mine[0] === mine[1]) {
    return ends[0] === ends[1] ? "That is exactly right." : "That is right: your guess lies within the measured interval.";
  }
  return mine[0] <= value && value <= mine[1] ? "That is inside your range."
    : "That is outside your range, but the two intervals meet, so this data cannot tell them apart.";
}

function turned(scale, mine, value) {
  if (mine[0] === NEUTRAL[scale] && mine[1] === NEUTRAL[scale]) {
    return "You expected no difference, and there is one: look for what makes it before you look at its size.";
  }
  const isAbove = value > NEUTRAL[scale];
  const came = scale === "ratio" ? `${isAbove ? "more" : "less"} than as much` : `${isAbove ? "above" : "below"} zero`;
  return `The direction was the other one: it came out ${came}. How far off the size was does not matter then; find out `
    + "which force you left out.";
}

function byPoints(guess, value) {
  const points = 100 * Math.abs(guess - value), side = guess > value ? "high" : "low";
  const close = points <= 5 ? `You were close: ${general(points, 2)}` : `You were ${whole(points)}`;
  const far = points > 20 ? " That is another picture of the matter: it is worth saying what you took to be rare, or common." : "";
  return `${close} points too ${side}.${far}${odds(guess, value, points)}`;
}

function odds(guess, value, points) {                  // for what is rare, or nearly sure, points hide a factor
  const low = Math.min(guess, value), high = Math.max(guess, value);
  if (!(high < 0.1 || low > 0.9) || points > 10 || low <= 0 || high >= 1) return "";
  const factor = (guess / (1 - guess)) / (value / (1 - value)), times = Math.max(factor, 1 / factor);
  return times > 3 ? ` In odds it is a factor of ${times.toFixed(1)}, which counts where something is this rare.` : "";
}

function byFactor(guess, value) {
  if (guess * value <= 0) {
    return "One of the two is zero, or they have opposite signs, so no factor tells how far apart they are; the difference "
      + `is ${signed(guess - value)}.`;
  }
  const off = Math.max(guess / value, value / guess);
  if (off < 1.25) return `You were close: off by ${whole(100 * (off - 1))}%.`;
  if (off <= 3) return `The size is off by a factor of ${off.toFixed(1)}: the right order.`;
  return `The size is off by a factor of ${general(off, 3)}: look for the step of your estimate that is so much off.`;
}

function asPercent(held, row, mine, far) {             // 35 where a share is asked for is read as 35%
  const lowest = held.scale === "share" ? "0" : "−1";
  if (Math.abs(far) > 100) {
    return `You said ${general(far, 6)}, which no share can be: shares run from ${lowest} to 1. `
      + `${shown(row.value, "share")} came out.`;
  }
  return `A share is written from ${lowest} to 1, so ${general(far, 6)} was read as ${general(far / 100, 6)}. `
    + judge(held, row, mine.map(part => part / 100));
}

function read(text) {                                  // [low, high] of "20", "5 to 50", "(5, 50)" or "35%"; null else
  const isPair = /[()[\]]/.test(text);                  // (5,500) is a range, 5,500 one number
  const plain = isPair ? text.replace(/[()[\]]/g, " ") : text.replace(/(\d),(?=\d{3}(?!\d))/g, "$1");
  const parts = plain.replace(/−/g, "-").trim().split(/\s*(?:,|;|\bto\b|–)\s*/);
  const known = parts.every(part => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*%?$/i.test(part));
  const numbers = parts.map(part => parseFloat(part) / (part.endsWith("%") ? 100 : 1));
  if (!known || numbers.length > 2 || numbers[0] > numbers.at(-1)) return null;
  return [numbers[0], numbers.at(-1)];
}

function paragraph(words) {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}

function whereMeasured(claim) {                        // a link to what measured() said further down
  const all = [...document.querySelectorAll(`.course-notice[data-about$=" ${claim}"]`)];
  const notice = all.find(held => !held.dataset.about.startsWith("Prediction"));
  if (!notice) return [];
  notice.id ||= `measured-${claim.replace(".", "-")}`;
  const link = document.createElement("a");
  link.href = `#${notice.id}`;
  link.textContent = "Where the lesson measures it";
  return [link];
}

function setUpGuess(form) {
  const held = JSON.parse(form.dataset.held), field = form.querySelector("input");
  const status = form.querySelector("[role=status]");
  form.addEventListener("submit", event => {
    event.preventDefault();
    const mine = read(field.value);
    field.setAttribute("aria-invalid", String(!mine));
    if (!mine) {
      status.replaceChildren(paragraph("This is no number and no range: type 20, or 5 to 50 with the lower end first."));
      return;
    }
    status.replaceChildren(...held.rows.map(row => paragraph(row.where + judge(held, row, mine))), ...whereMeasured(held.claim));
    field.readOnly = true;                             // the result has been seen
    form.querySelector("button").disabled = true;
  });
  form.hidden = false;
}

document.querySelectorAll("form.guess").forEach(setUpGuess);
