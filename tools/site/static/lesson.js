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

// The lists that are folded away on small screens.
addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens]");
  if (button) document.getElementById(button.dataset.opens).click();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const box of document.querySelectorAll(".sidebar-toggle")) box.checked = false;
});
