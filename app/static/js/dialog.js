/* Hộp thoại: links to #id of a <dialog> open it as a modal; without scripts :target shows it. */
const dialogFor = (id) => {
  const found = id ? document.getElementById(id) : null;
  return found instanceof HTMLDialogElement ? found : null;
};

function open(dialog, opener) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
}

document.addEventListener("click", (event) => {
  const hook = event.target.closest("a[href^='#'], [data-open], [data-close]");
  if (!hook) return;
  if (hook.hasAttribute("data-close")) {
    const own = hook.closest("dialog");
    if (!own?.open) return;
    event.preventDefault();
    own.close();
    return;
  }
  const dialog = dialogFor(hook.dataset.open ?? decodeURIComponent(hook.hash.slice(1)));
  if (!dialog) return;
  event.preventDefault();
  open(dialog, hook);
});

// An address that ends in #id, from a mail or a page without scripts, opens the same box.
const linked = dialogFor(decodeURIComponent(location.hash.slice(1)));
if (linked) {
  history.replaceState(history.state, "", location.pathname + location.search);
  open(linked);
}
