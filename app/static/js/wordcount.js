/* Đếm chữ: Vietnamese counts syllables, which spaces divide. Waits until the input method has finished a syllable. */
const TEXT = {
  over: (over, max) => `Quá ${over} chữ (tối đa ${max})`,
  count: (n) => `${n} chữ`,
  needs: (of, min) => `${of}, cần ít nhất ${min}`,
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    over: (over, max) => `${over} words too many (at most ${max})`,
    count: (n) => `${n} words`,
    needs: (of, min) => `${of}, at least ${min} needed`,
  });
}
const HTML = /^\s*<(p|h3|h4|ul|ol|blockquote)[\s>]/i;

function textOf(value) {
  if (!HTML.test(value)) return value;
  const spaced = value.replace(/<(\/?(?:p|h3|h4|ul|ol|li|blockquote)|br)\b[^>]*>/gi, " ");
  return new DOMParser().parseFromString(spaced, "text/html").body.textContent;
}

const count = (value) => textOf(value).normalize("NFC").match(/\S+/g)?.length ?? 0;

function verdict(n, min, max) {
  if (max && n > max) return TEXT.over(n - max, max);
  const of = TEXT.count(max ? `${n}/${max}` : n);
  return n < min ? TEXT.needs(of, min) : of;
}

for (const out of document.querySelectorAll("[data-count-for]")) {
  const field = document.getElementById(out.dataset.countFor);
  if (!field) continue;
  const min = Number(out.dataset.min || 0);
  const max = Number(out.dataset.max || 0);
  const show = () => {
    const n = count(field.value);
    out.textContent = verdict(n, min, max);
    out.classList.toggle("is-over", max > 0 && n > max);
    out.classList.toggle("is-near", max > 0 && n <= max && n > max * 0.9);
  };
  field.addEventListener("input", (event) => event.isComposing || show());
  for (const name of ["compositionend", "change", "field:set"]) field.addEventListener(name, show);
  addEventListener("pageshow", show);
  show();
}
