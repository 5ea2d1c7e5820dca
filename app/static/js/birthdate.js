/* Ngày sinh: the guardian's part is shown to those under the age the law sets. */
function age(day, month, year, today) {
  const born = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return null;
  const [y, m, d] = today;
  const years = y - year - (m < month || (m === month && d < day) ? 1 : 0);
  return years < 0 ? null : years;
}

for (const box of document.querySelectorAll("[data-dob]")) {
  const part = document.getElementById(box.dataset.dob);
  const limit = Number(box.dataset.age || 16);
  const now = new Date();
  const today = box.dataset.today?.split("-").map(Number) ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()];

  const show = () => {
    const [day, month, year] = Array.from(box.querySelectorAll("input"), (input) => Number(input.value.trim()));
    const years = age(day, month, year, today);
    part.hidden = years === null || years >= limit;
  };
  if (part) {
    box.addEventListener("input", show);
    addEventListener("pageshow", show);
    show();
  }
}
