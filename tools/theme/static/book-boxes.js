// Boxes that scroll sideways take the keyboard's focus, so that the arrow keys
// reach what is out of sight; others don't stand in the way of Tab.
"use strict";
(() => {
  const BOXES = ".bd-article table, .bd-article .cell_output, "
    + ".bd-article .output, .bd-article div.math, .bd-article .highlight, "
    + ".bd-article pre, .pst-scrollable-table-container";
  const look = () => {
    for (const box of document.querySelectorAll(BOXES)) {
      const scrolls = box.scrollWidth > box.clientWidth + 1
        && /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (scrolls) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  let pause;
  const later = () => {
    clearTimeout(pause);
    pause = setTimeout(look, 400);
  };
  addEventListener("resize", later);
  addEventListener("load", later);
  document.addEventListener("toggle", later, true);
  look();
})();
