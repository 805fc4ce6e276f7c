// Search of the whole book in the dialog, by Pagefind. A site opened from a
// folder cannot load Pagefind; there the form leads to Sphinx's search page.
"use strict";
(() => {
  const dialog = document.getElementById("pst-search-dialog");
  if (!dialog || location.protocol === "file:") return;
  const root = new URL(document.documentElement.dataset.content_root || "./",
                       document.baseURI);
  const form = dialog.querySelector("form");
  const input = form.elements.q;
  const list = document.getElementById("book-results");
  const status = document.getElementById("book-search-status");
  const MOST = 12;
  let engine, turn = 0;

  const load = () => {
    engine ??= import(new URL("pagefind/pagefind.js", root)).then(
      async (pagefind) => {
        await pagefind.options({
          baseUrl: root.pathname, excerptLength: 24,
          // Long pages, the reference of d2l first of all, are no worse.
          ranking: { pageLength: 0.4 } });
        await pagefind.init();
        return pagefind;
      });
    return engine;
  };

  const part = (result) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = result.url;
    link.textContent = result.title;
    const text = document.createElement("p");
    // Pagefind escapes the text of the page and adds <mark> only.
    text.innerHTML = result.excerpt;
    item.append(link, text);
    return item;
  };

  const entry = (data) => {
    const item = part({ url: data.url, title: data.meta.title,
                        excerpt: data.excerpt });
    const parts = data.sub_results.filter(
      (s) => s.url.includes("#") && s.title !== data.meta.title).slice(0, 3);
    if (parts.length) {
      item.querySelector("p").remove();
      const inner = document.createElement("ol");
      inner.append(...parts.map(part));
      item.append(inner);
    }
    return item;
  };

  async function search() {
    const mine = ++turn;
    const text = input.value.trim();
    if (!text) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    let pagefind, found;
    try {
      pagefind = await load();
      found = await pagefind.search(text);
    } catch (error) {
      status.textContent = "The search cannot be loaded; press Enter for "
        + "the simple search.";
      return;
    }
    const results = await Promise.all(
      found.results.slice(0, MOST).map((r) => r.data()));
    if (mine !== turn) return;
    list.replaceChildren(...results.map(entry));
    const count = found.results.length;
    status.textContent = count
      ? `${count} page${count === 1 ? "" : "s"}` : `nothing about “${text}”`;
  }

  const links = () => [...list.querySelectorAll("a")];
  form.addEventListener("submit", (event) => {
    const first = links()[0];
    if (first) {
      event.preventDefault();
      location.href = first.href;
    }
  });
  let pause;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(search, 80);
  });
  input.addEventListener("focus", load, { once: true });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [input, ...links()];
    const at = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
    event.preventDefault();
  });
  // A link to the same page has to close the dialog.
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) dialog.close();
  });

  window.bookSearch = (text) => {
    if (!dialog.open) dialog.showModal();
    input.value = text;
    search();
  };
  // The page for addresses that don't exist looks for what was meant.
  const lost = document.getElementById("book-lost");
  if (lost) {
    const words = decodeURIComponent(location.pathname).split("/")
      .slice(-2).join(" ").replace(/\.html?$|chapter_|index/g, "")
      .replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    if (words) {
      lost.querySelector("button").addEventListener(
        "click", () => window.bookSearch(words));
      lost.querySelector("em").textContent = words;
      lost.hidden = false;
    }
  }
})();
