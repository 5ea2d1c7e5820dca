/* Đếm ngược: changes once a minute; no seconds, so nobody is rushed. Counts from the server's clock. */
const MINUTE = 60000;

for (const clock of document.querySelectorAll("[data-deadline]")) {
  const end = Date.parse(clock.dataset.deadline);
  const served = clock.dataset.now ? Date.parse(clock.dataset.now) : Date.now();
  const opened = performance.now();
  const units = clock.querySelectorAll("[data-u]");
  let timer = null;

  const tick = () => {
    const rest = end - served - (performance.now() - opened);
    const left = Math.max(0, Math.floor(rest / MINUTE));
    const parts = [Math.floor(left / 1440), Math.floor((left % 1440) / 60), left % 60];
    units.forEach((unit, i) => (unit.textContent = String(parts[i]).padStart(2, "0")));
    if (rest <= 0) clearInterval(timer);
  };
  timer = setInterval(tick, MINUTE / 2);
  tick();
}
