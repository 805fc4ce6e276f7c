// Keyboard shortcuts and the panel that lists them.
"use strict";
(() => {
  const help = document.getElementById("book-help");
  const dialog = document.getElementById("pst-search-dialog");
  const root = document.documentElement.dataset.content_root || "./";

  // A field in a dialog that has just been closed keeps the focus for a while.
  const typing = (event) =>
    (event.target.isContentEditable ||
     /^(input|textarea|select)$/i.test(event.target.tagName)) &&
    !event.target.closest("dialog:not([open])");

  const nextTheme = () => {
    const modes = ["light", "dark", "auto"];
    const now = modes.indexOf(document.documentElement.dataset.mode);
    const wanted = modes[(now + 1) % modes.length];
    document
      .querySelector(`.theme-change-button[data-mode="${wanted}"]`)
      ?.click();
    window.bookSay?.(`Colours: ${wanted === "auto" ? "as the system" : wanted}`);
  };

  const actions = {
    "/": () => dialog && !dialog.open && dialog.showModal(),
    "?": () => help && (help.open ? help.close() : help.showModal()),
    c: () => document.querySelector(".primary-toggle")?.click(),
    h: () => { location.href = `${root}index.html`; },
    t: nextTheme,
  };

  // A line that says what a key did, for eyes and for screen readers.
  const said = document.createElement("div");
  said.id = "book-said";
  said.setAttribute("role", "status");
  document.body.append(said);
  let fading;
  window.bookSay = (text) => {
    said.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => { said.textContent = ""; }, 1800);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) {
      return;
    }
    const open = document.querySelector("dialog[open]");
    if (open && !(event.key === "?" && open === help)) {
      return;
    }
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
  document.querySelectorAll(".book-help-button").forEach((button) => {
    button.addEventListener("click", () => help.showModal());
  });
  document.querySelectorAll(".book-dialog-close").forEach((button) => {
    button.addEventListener("click", () => button.closest("dialog").close());
  });
})();
