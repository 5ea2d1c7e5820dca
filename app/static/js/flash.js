/* Lời nhắn đóng được, nút in, và phím "/" tới ô tìm. */
document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) {
    const message = dismiss.closest(dismiss.dataset.dismiss || ".flash");
    if (message) message.hidden = true;
    return;
  }
  if (event.target.closest("[data-print]")) {
    event.preventDefault();
    print();
  }
});

// What can be undone for a moment says so for a moment; whoever points at it or tabs to it has all the time.
for (const toast of document.querySelectorAll("[data-seconds]")) {
  const over = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    toast.hidden = true;
    clearInterval(over);
  }, Number(toast.dataset.seconds) * 1000);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable='true'], dialog[open]")) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select?.();
});
