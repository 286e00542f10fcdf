/* The desk made quicker: keys, focus, and what htmx has to be told. Without it everything works by form. */
(() => {
  "use strict";

  const OFF = "comments.desk.keys-off";
  const ROWS = ".desk-row[data-comment]";
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = () => find("#desk-words")?.dataset ?? {};

  /* --- what is said ------------------------------------------------------------------------------------ */

  function say(text, isFault = false) {
    const place = find("#desk-said");
    if (!place || !text) return;
    place.textContent = "";
    place.classList.toggle("is-fault", isFault);
    // The same words twice are a change only if nothing stood there in between.
    requestAnimationFrame(() => { place.textContent = text; });
  }

  /* --- where one is ------------------------------------------------------------------------------------ */

  let here = null; // the number of the current comment, so that it is found again after a swap

  const current = () => find(".desk-row.is-current") ?? (here && document.getElementById(`comment-${here}`));

  function go(row) {
    if (!row) return;
    all(".desk-row.is-current").forEach((one) => one.classList.remove("is-current"));
    row.classList.add("is-current");
    here = row.dataset.comment ?? here;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function beside(row, step) {
    const listed = all(".desk-row");
    let place = listed.indexOf(row) + step;
    while (listed[place] && !listed[place].matches(ROWS)) place += step;
    return listed[place];
  }

  function move(step) {
    const from = current();
    if (!from) return go(find(ROWS));
    const next = beside(from, step);
    if (next) go(next);
    else if (step > 0) {
      say(words().last);
      find(".desk-pages [rel=next]")?.focus();
    }
  }

  /* --- keys -------------------------------------------------------------------------------------------- */

  const ACTIONS = { a: ["keep", "approve"], r: ["reject"], s: ["spam"], x: ["abuse"] };

  function act(names) {
    const row = current();
    const button = names.map((name) => row && find(`[data-action="${name}"]:not(:disabled)`, row)).find(Boolean);
    button?.click();
  }

  function undo() {
    const last = find("#desk-last [data-undo]");
    const number = last?.form.elements.decision.value;
    const receipt = number ? find(`[data-receipt="${number}"] [data-undo]`) : null;
    const button = receipt ?? last;
    if (button) button.click();
    else say(words().nothing);
  }

  function tick(row) {
    const box = row && find('input[name="chosen"]', row);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    u: undo,
    c: () => tick(current()),
    " ": () => tick(current()),
    e: () => open(current()?.dataset.conversation),
    Enter: () => open(current()?.dataset.conversation),
    b: () => open(current()?.dataset.ban),
    "/": () => find("#desk-search")?.select(),
    "?": help,
  };

  function open(address) {
    if (address) location.assign(address);
  }

  function help() {
    const list = find("#desk-keys");
    if (!list) return;
    find("[data-keys-on]", list).checked = !areOff();
    list.showModal();
  }

  function areOff() {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  }

  function switchKeys(on) {
    try { on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* for this page only */ }
    say(on ? words().on : words().off);
  }

  const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  const ITS_OWN = "a, button, summary, input, label"; // Enter and the space bar mean something there already

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) || find("dialog[open]")) return;
    if (areOff() && event.key !== "?") return;
    if ((event.key === "Enter" || event.key === " ") && (event.target.closest(ITS_OWN) || !current())) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const doing = KEYS[key] ?? (ACTIONS[key] && (() => act(ACTIONS[key])));
    if (!doing || (event.repeat && !["j", "k"].includes(key))) return;
    event.preventDefault();
    doing();
  });

  /* --- pointing and ticking ---------------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help();
    const every = event.target.closest("[data-tick-all]");
    if (every) {
      event.preventDefault();
      const boxes = all('input[name="chosen"]');
      const on = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = on; });
      count();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="chosen"]')) count();
    if (event.target.matches("[data-keys-on]")) switchKeys(event.target.checked);
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(ROWS);
    if (!row || row.classList.contains("is-current")) return;
    all(".desk-row.is-current").forEach((one) => one.classList.remove("is-current"));
    row.classList.add("is-current");
    here = row.dataset.comment;
  });

  function count() {
    const place = find("[data-ticked]");
    if (!place) return;
    const number = all('input[name="chosen"]:checked').length;
    place.textContent = number ? String(number) : "";
    const bulk = find("#desk-bulk");
    bulk.classList.toggle("has-ticked", number > 0);
    if (number) find("details", bulk).open = true;
  }

  /* --- htmx -------------------------------------------------------------------------------------------- */

  let goesOn = null; // the row to go to once the answer has taken the place of the one decided about

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    find("#desk-said")?.classList.remove("is-fault");
    if (xhr.getResponseHeader("X-Desk")) return;
    event.detail.shouldSwap = false; // a log-in page, or somebody else's error
    say(xhr.status < 400 || xhr.status === 403 ? words().ended : words().failed, true);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = event.target.closest?.(".desk-row");
    goesOn = row && event.target.matches(".desk-decide") ? { from: row.id, next: beside(row, 1)?.id } : null;
  });

  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(kind, (event) => {
      say(event.detail.xhr?.status === 403 ? words().ended : words().failed, true);
    });
  }

  // A page that shows rows without the queue, such as a conversation: the form is sent as without a script.
  document.addEventListener("htmx:targetError", (event) => event.target.closest?.("form")?.submit());

  document.addEventListener("htmx:afterSettle", (event) => {
    prepare();
    const swapped = event.detail.elt;
    if (swapped.id === "desk") {
      const report = find("[data-focus]");
      if (report) return report.focus();
      say(all(".desk-messages li").map((one) => one.textContent).join(" "));
      return go(current() ?? find(ROWS));
    }
    if (!swapped.matches?.(".desk-row")) return;
    if (goesOn?.from === swapped.id && swapped.matches(".desk-receipt, .desk-gone")) {
      const next = goesOn.next && document.getElementById(goesOn.next);
      if (next) go(next);
      else { go(swapped); say(words().last); find(".desk-pages [rel=next]")?.focus(); }
      goesOn = null;
    } else go(swapped);
  });

  let silence = 0;

  function prepare() {
    all("[data-help]").forEach((button) => { button.hidden = false; });
    all("[data-seconds]:not([data-timed])").forEach((form) => {
      form.dataset.timed = "";
      setTimeout(() => form.remove(), 1000 * Number(form.dataset.seconds));
    });
    const said = find("#desk-said");
    clearTimeout(silence);
    silence = setTimeout(() => { if (said) said.textContent = ""; }, 8000);
    count();
  }

  prepare();
  find("[data-focus]")?.focus();
  const asked = location.hash.startsWith("#comment-") && document.getElementById(location.hash.slice(1));
  if (asked) go(asked);
})();
