// Where the reader is: a bar at the top of the page, and on the home page a
// link to where they stopped. Kept in this browser, sent nowhere.
"use strict";
(() => {
  const KEY = "book-position";
  const root = document.documentElement.dataset.content_root || "./";
  const page = DOCUMENTATION_OPTIONS.pagename || "";
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  };

  const start = document.querySelector(".book-start p");
  if (start) {
    const last = read();
    if (last && last.page && /^[\w./-]+$/.test(last.page)) {
      const link = document.createElement("a");
      link.className = "book-continue";
      link.href = `${root}${last.page}.html${last.part || ""}`;
      link.textContent = `Continue: ${last.title}`;
      start.append(link);
    }
    return;
  }

  const bar = document.createElement("div");
  bar.id = "book-progress";
  bar.setAttribute("aria-hidden", "true");
  document.body.append(bar);
  const heading = document.querySelector(".bd-article h1");
  const parts = [...document.querySelectorAll(".bd-article section[id]")];
  let waiting = false;
  const update = () => {
    waiting = false;
    const most = document.documentElement.scrollHeight - innerHeight;
    bar.style.width = `${most > 0 ? (100 * scrollY) / most : 0}%`;
    if (!page.includes("/") || !heading) {
      return;
    }
    const passed = parts.filter((p) => p.getBoundingClientRect().top < 120);
    const part = passed.length > 1 ? `#${passed[passed.length - 1].id}` : "";
    const title = heading.textContent.replace(/[#\u00b6]\s*$/, "").trim();
    try {
      localStorage.setItem(KEY, JSON.stringify({ page, part, title }));
    } catch {
      // Private windows may refuse; nothing depends on it.
    }
  };
  addEventListener("scroll", () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(update);
    }
  }, { passive: true });
  update();
})();
