/* Trang tự cập nhật: asks a tiny fingerprint every 1.5 s; when it changed, reads the page again and exchanges the parts that show it. */
const EVERY = 1500;
const SOON = 60000;
const root = document.querySelector("[data-live]");

const tick = () => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.readAt ??= performance.now();
    const running = "running" in clock.dataset;
    const left = Number(clock.dataset.left) - (running ? performance.now() - clock.readAt : 0);
    const whole = Math.floor(Math.abs(left) / 1000);
    const tone = left < 0 ? "over" : left <= SOON ? "soon" : "calm";
    const pad = (n) => String(n).padStart(2, "0");
    clock.querySelector("[data-figures]").textContent = `${left < 0 ? "+" : ""}${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`;
    if (!clock.classList.contains(`is-${tone}`)) {
      clock.classList.remove("is-calm", "is-soon", "is-over");
      clock.classList.add(`is-${tone}`);
      clock.querySelector("[data-words]").textContent = clock.dataset[tone];
    }
  }
};

const lost = (is) => {
  for (const line of document.querySelectorAll("[data-live-lost]")) line.hidden = !is;
};

const exchange = async () => {
  const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const other = fresh.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
    if (!other) continue;
    part.className = other.className;
    part.replaceChildren(...other.childNodes);
  }
  return fresh.querySelector("[data-live]")?.dataset.key;
};

const watch = () => {
  let tag = "";
  let key = root.dataset.key;
  const ask = async () => {
    try {
      const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
      const answer = await fetch(root.dataset.live, { cache: "no-store", headers });
      if (answer.status === 200) {
        const news = await answer.json();
        if (news.key !== key) key = (await exchange()) ?? news.key;
        const old = document.querySelector("[data-live-old]");
        /* buttons are never exchanged under a finger: whoever is behind is told, and loads the page themselves */
        if (old) old.hidden = String(news.version) === root.dataset.version;
        tag = answer.headers.get("ETag") ?? "";
      } else if (answer.status === 404) return location.reload(); /* the link was changed, or there is no final any more */
      else if (answer.status !== 304) throw new Error(answer.status);
      lost(false);
    } catch {
      tag = "";
      lost(true);
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
};

/* On a score sheet: says when another entry is on the stage. */
const hint = document.querySelector("[data-stage-hint]");
const tell = async () => {
  try {
    const answer = await fetch(hint.dataset.stageHint, { cache: "no-store", headers: { Accept: "application/json" } });
    const { code } = answer.ok ? await answer.json() : {};
    hint.hidden = !code || code === hint.dataset.code;
    if (code) hint.querySelector("[data-stage-code]").textContent = code;
  } catch {
    hint.hidden = true;
  }
  setTimeout(tell, 3 * EVERY);
};

if (document.querySelector("[data-clock], [data-live]")) setInterval(tick, 250);
if (root) watch();
if (hint) tell();
