// MathJax loads its context menu (400 kB) when somebody first asks for it by
// a right click on a formula, or when settings of that menu were stored.
"use strict";
(() => {
  let menu = null;

  async function load() {
    const old = MathJax.startup.document;
    await MathJax.loader.load("ui/menu");
    MathJax.startup.getComponents();
    MathJax.startup.makeMethods();
    const now = MathJax.startup.document;
    for (const item of old.math) {
      now.math.push(item);
      now.menu.addMenu(item);
    }
    return now.menu;
  }

  document.addEventListener("contextmenu", (event) => {
    const formula = event.target.closest?.("mjx-container");
    if (!formula || menu === "ready" || !window.MathJax?.loader) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    menu ??= load().then(() => { menu = "ready"; });
    menu.then(() => {
      event.target.dispatchEvent(new MouseEvent("contextmenu", {
        bubbles: true, cancelable: true, clientX: event.clientX,
        clientY: event.clientY, button: 2, view: window,
      }));
    });
  }, true);
})();
