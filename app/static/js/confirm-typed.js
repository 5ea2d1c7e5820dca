/* Việc không lùi được: the button works only after its name has been typed. */
const plain = (text) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleUpperCase("vi");

for (const input of document.querySelectorAll("[data-confirm-typed]")) {
  const button = document.getElementById(input.dataset.enables);
  if (!button) continue;
  const matches = () => plain(input.value) === plain(input.dataset.confirmTyped);
  const show = () => button.setAttribute("aria-disabled", String(!matches()));

  input.addEventListener("input", show);
  input.addEventListener("compositionend", show);
  addEventListener("pageshow", show);
  button.addEventListener("click", (event) => {
    if (matches()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    input.focus();
  });
  // Enter in the field presses no disabled button.
  input.form?.addEventListener("submit", (event) => {
    if (matches() || (event.submitter && event.submitter !== button)) return;
    event.preventDefault();
    input.focus();
  });
  show();
}
