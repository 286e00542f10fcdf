/* Brings the rest of an article into the page that everybody gets: what the form in that page leads to, without leaving it. */

(() => {
  "use strict";
  const form = document.getElementById("rest");
  const told = document.getElementById("rest-told");

  async function bring() {
    const address = new URL(form.action);
    address.search = location.search; // a gift, or the comment that is to be answered
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status} for ${address.pathname}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = page.querySelector("article[data-access]");
    if (!article) throw new Error(`no article at ${address.pathname}`);

    const waits = waitsForItsPlace();
    for (const part of document.querySelectorAll("[data-part]")) {
      const brought = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (brought) put(brought, part);
    }
    const { access, reason } = article.dataset;
    Object.assign(document.querySelector("article.article").dataset, { access, reason });
    if (waits) location.replace(location.hash);
    return access === "open" ? told.dataset.open : told.dataset.wall;
  }

  /* Did the reader come for a place, such as a comment, that is not here yet or is about to be moved? */
  function waitsForItsPlace() {
    if (location.hash.length < 2) return false;
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) return window.scrollY === 0;
    return Boolean(place.closest("[data-part]")) && Math.abs(place.getBoundingClientRect().top) < innerHeight;
  }

  /* Whoever stood on a button that goes away stands where it was, and nobody else is moved. */
  function put(brought, part) {
    const held = part.contains(document.activeElement);
    part.replaceWith(brought);
    if (!held) return;
    brought.tabIndex = -1;
    brought.focus({ preventScroll: true });
  }

  async function complete() {
    try {
      told.textContent = await bring();
    } catch (fault) {
      told.textContent = told.dataset.failed;
      told.classList.remove("unseen");
      console.warn(fault);
    }
  }

  // A page that is only prepared for a click that may never come must not cost a read.
  if (document.prerendering) document.addEventListener("prerenderingchange", complete, { once: true });
  else complete();
})();
