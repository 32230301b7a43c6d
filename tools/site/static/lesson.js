// What is too wide for a small screen can be scrolled with the keyboard, too: Safari needs to be told.
function reach() {
  for (const box of document.querySelectorAll("pre, .scrolls, .math-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("DOMContentLoaded", reach);
addEventListener("resize", reach);
// A box in a folded solution has no width before.
addEventListener("toggle", reach, true);
