/* Bấm hai lần chỉ gửi một lần. The server has its own one-time key; this spares the person the second page. */
const WAIT = 10000;
const sent = new WeakMap();
const held = new WeakSet();

function mark(form, busy, submitter) {
  for (const control of form.elements) {
    if (!["submit", "image"].includes(control.type)) continue;
    // aria-disabled, not disabled: the pressed button's name and value must still be sent.
    if (busy && control.getAttribute("aria-disabled") !== "true") {
      control.setAttribute("aria-disabled", "true");
      held.add(control);
    } else if (!busy && held.delete(control)) control.setAttribute("aria-disabled", "false");
    control.classList.toggle("is-busy", busy && control === submitter);
  }
}

// On window, so that a module which stops the submit has already had its say.
addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (Date.now() - (sent.get(form) ?? -Infinity) < WAIT) {
    event.preventDefault();
    return;
  }
  sent.set(form, Date.now());
  mark(form, true, event.submitter);
  setTimeout(() => mark(form, false), WAIT);
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-once]")) {
    sent.delete(form);
    mark(form, false);
  }
});
