/* Đếm ngược: changes once a minute; no seconds, so nobody is rushed. Counts from the server's clock. */
const MINUTE = 60000;

const TEXT = {
  days: (days, hours) => `còn ${days} ngày ${hours} giờ`,
  hours: (hours, minutes) => `còn ${hours} giờ ${minutes} phút`,
  minutes: (minutes) => `còn ${minutes} phút`,
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    days: (days, hours) => `${days} days ${hours} hours left`,
    hours: (hours, minutes) => `${hours} hours ${minutes} minutes left`,
    minutes: (minutes) => `${minutes} minutes left`,
  });
}

function words([days, hours, minutes]) {
  if (days) return TEXT.days(days, hours);
  return hours ? TEXT.hours(hours, minutes) : TEXT.minutes(minutes);
}

for (const clock of document.querySelectorAll("[data-deadline]")) {
  const end = Date.parse(clock.dataset.deadline);
  const served = clock.dataset.now ? Date.parse(clock.dataset.now) : Date.now();
  const opened = performance.now();
  const units = clock.querySelectorAll("[data-u]");
  const text = clock.querySelector("[data-u-text]");
  const past = clock.querySelector("[data-past]");
  let timer = null;

  const tick = () => {
    const rest = end - served - (performance.now() - opened);
    const left = Math.max(0, Math.floor(rest / MINUTE));
    const parts = [Math.floor(left / 1440), Math.floor((left % 1440) / 60), left % 60];
    units.forEach((unit, i) => (unit.textContent = String(parts[i]).padStart(2, "0")));
    if (text) text.textContent = words(parts);
    if (past) past.hidden = rest > 0;
    if (rest <= 0) clearInterval(timer);
  };
  timer = setInterval(tick, MINUTE / 2);
  tick();
}
