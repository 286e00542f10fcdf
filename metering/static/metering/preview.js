// Shows beside the meter's settings what readers will see with them, while the owner is still typing.
// Without this script the page shows what the saved settings give.
"use strict";

const preview = document.querySelector("[data-meter-preview]");
const form = preview.closest("form");
let waiting, latest;

async function show() {
  latest?.abort();
  latest = new AbortController();
  const typed = new FormData(form);
  typed.set("meter", preview.dataset.meter);
  try {
    const answer = await fetch(preview.dataset.meterPreview, { method: "POST", body: typed, signal: latest.signal });
    if (answer.ok) preview.querySelector("[data-preview]").innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 250);
});
