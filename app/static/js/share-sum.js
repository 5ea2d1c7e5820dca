/* Phần đóng góp: the shares of a team, or the weights of a rubric, must add up. Counted in hundredths, so 33,33 × 3 is exact. */
const TEXT = {
  sum: (sum, verdict) => `Tổng ${sum}, ${verdict}`,
  enough: "đủ",
  short: (rest) => `còn thiếu ${rest}`,
  over: (rest) => `thừa ${rest}`,
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    sum: (sum, verdict) => `Total ${sum}, ${verdict}`,
    enough: "complete",
    short: (rest) => `${rest} missing`,
    over: (rest) => `${rest} too much`,
  });
}
const read = (input) => {
  const text = input.value.trim().replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
};
const shown = (hundredths) => String(hundredths / 100).replace(".", ",");

for (const box of document.querySelectorAll("[data-share-sum]")) {
  // The target is a number, or the field that holds it.
  const goal = document.getElementById(box.dataset.targetField ?? "");
  const unit = box.dataset.unit ?? "%";
  const total = box.querySelector("[data-share-total]");
  const even = box.querySelector("[data-share-even]");
  const inputs = () => [...box.querySelectorAll("input[data-share]")];

  const show = () => {
    const target = (goal && read(goal)) || Math.round(Number(box.dataset.target || 100) * 100);
    let sum = 0;
    for (const input of inputs()) {
      // a criterion that only informs, or is taken away, adds nothing
      if (input.closest("[data-share-row]")?.querySelector("input[data-share-off]:checked")) continue;
      const value = read(input);
      input.setAttribute("aria-invalid", String(value === null && input.value.trim() !== ""));
      sum += value ?? 0;
    }
    const rest = target - sum;
    const verdict = rest === 0 ? TEXT.enough : rest > 0 ? TEXT.short(`${shown(rest)}${unit}`) : TEXT.over(`${shown(-rest)}${unit}`);
    total.textContent = TEXT.sum(`${shown(sum)}${unit}`, verdict);
    total.classList.toggle("is-ok", rest === 0);
    total.classList.toggle("is-bad", rest !== 0);
  };

  if (total) {
    box.addEventListener("input", show);
    goal?.addEventListener("input", show);
    show();
  }
  even?.addEventListener("click", () => {
    const all = inputs();
    const target = Math.round(Number(box.dataset.target || 100) * 100);
    const each = Math.floor(target / all.length / 100) * 100;
    // The first one, the leader, takes what does not divide.
    all.forEach((input, i) => (input.value = shown(i ? each : target - each * (all.length - 1))));
    all[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
