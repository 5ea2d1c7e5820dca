/* Mục lục: Escape or a press elsewhere closes it. */
const openDrawers = () => document.querySelectorAll("details:is(.drawer, .menu)[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const drawer of openDrawers()) {
    const inside = drawer.contains(document.activeElement);
    drawer.open = false;
    if (inside) drawer.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const drawer of openDrawers()) if (!drawer.contains(event.target)) drawer.open = false;
});
