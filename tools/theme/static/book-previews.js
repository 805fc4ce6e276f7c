// A preview of what a reference leads to: an equation, figure, table,
// citation, exercise, or the beginning of a section. On a site opened from
// a folder the browser lets us read this page only.
"use strict";
(() => {
  const DELAY = 250;
  const pages = new Map();
  let box, timer, from;

  const fetched = (url) => {
    if (!pages.has(url)) {
      pages.set(url, fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.text();
      }).then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        // Addresses in it are relative to the page that it comes from.
        for (const image of page.querySelectorAll("img[src]")) {
          image.src = new URL(image.getAttribute("src"), url);
        }
        for (const link of page.querySelectorAll("a[href]")) {
          link.href = new URL(link.getAttribute("href"), url);
        }
        return page;
      }));
    }
    return pages.get(url);
  };

  const find = (page, id) => {
    const target = id ? page.getElementById(id)
      : page.querySelector(".bd-article section");
    if (!target) return null;
    // Labels are empty spans in front of, or inside, what they name.
    if (target.matches("span") && !target.textContent.trim()) {
      const near = target.closest("figure, .admonition, table")
        || target.nextElementSibling || target.closest("section");
      return near;
    }
    return target.closest("figure, div.math, .admonition, .citation, dl.py")
      || target;
  };

  const shown = (target) => {
    if (!target.matches("section")) {
      return [target.cloneNode(true)];
    }
    const heading = target.querySelector("h1, h2, h3, h4");
    const first = [...target.querySelectorAll("p")].find(
      (p) => p.textContent.trim().length > 40 && !p.closest("figure"));
    return [heading, first].filter(Boolean).map((n) => n.cloneNode(true));
  };

  const clean = (node) => {
    for (const extra of node.querySelectorAll(
      ".headerlink, button, .book-uses, script, mjx-assistive-mml")) {
      extra.remove();
    }
    for (const each of [node, ...node.querySelectorAll("[id]")]) {
      each.removeAttribute("id");
    }
    return node;
  };

  const place = (link) => {
    const at = link.getBoundingClientRect();
    const width = Math.min(520, innerWidth - 24);
    box.style.width = `${width}px`;
    box.style.left = `${Math.max(12, Math.min(
      at.left + scrollX, scrollX + innerWidth - width - 12))}px`;
    const below = at.bottom + box.offsetHeight + 12 < innerHeight;
    box.style.top = `${scrollY + (below || at.top < box.offsetHeight + 12
      ? at.bottom + 6 : at.top - box.offsetHeight - 6)}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    from?.removeAttribute("aria-describedby");
    from = null;
    if (box) box.hidden = true;
  };

  async function show(link) {
    const url = new URL(link.href);
    const id = decodeURIComponent(url.hash.slice(1));
    url.hash = "";
    const here = url.pathname === location.pathname;
    let target;
    try {
      const page = here ? document : await fetched(url.href);
      target = find(page, id);
    } catch {
      return;
    }
    if (from !== link || !target) return;
    if (!box) {
      box = document.createElement("div");
      box.id = "book-preview";
      box.setAttribute("role", "tooltip");
      box.addEventListener("mouseenter", () => clearTimeout(timer));
      box.addEventListener("mouseleave", hide);
      document.body.append(box);
    }
    box.replaceChildren(...shown(target).map(clean));
    box.hidden = false;
    link.setAttribute("aria-describedby", "book-preview");
    if (!here && window.MathJax?.typesetPromise) {
      await MathJax.typesetPromise([box]).catch(() => {});
    }
    if (from === link) place(link);
  }

  const wanted = (event) => {
    const link = event.target.closest?.("a.reference.internal, a.book-use");
    return link && link.closest(".bd-article")
      && link.origin === location.origin && !link.closest(".toctree-wrapper")
      ? link : null;
  };
  const enter = (event) => {
    const link = wanted(event);
    if (!link || link === from) return;
    hide();
    from = link;
    timer = setTimeout(() => show(link), DELAY);
  };
  const leave = (event) => {
    if (from && wanted(event) === from) {
      clearTimeout(timer);
      timer = setTimeout(hide, DELAY);
    }
  };
  document.addEventListener("mouseover", enter);
  document.addEventListener("mouseout", leave);
  document.addEventListener("focusin", enter);
  document.addEventListener("focusout", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();
