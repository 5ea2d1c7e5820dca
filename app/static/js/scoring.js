/* Phiếu chấm: each mark is saved at once; without a network it waits on this device. An empty box is no score, never 0. */
const TEXT = {
  busy: "Đang lưu…",
  saved: (n, of) => `Đã lưu ${n}/${of}`,
  waiting: (n, of, waits) => `Đã lưu ${n}/${of}, ${waits} chờ mạng`,
  held: "Chưa lưu, đang chờ chọn",
  signedOut: "Phiên đăng nhập đã hết. Điểm vẫn được giữ trên máy này.",
  signIn: "Đăng nhập ở thẻ mới",
  refused: "Điểm này chưa lưu được.",
  range: (min, max, step) => `Chưa lưu: ghi từ ${min} đến ${max}, bước ${step}.`,
  none: "Chưa cho điểm.",
  missing: (n) => `Thiếu ${n} tiêu chí`,
  missingFirst: (n, name) => `Thiếu ${n} tiêu chí, trước hết: ${name}`,
  full: (n) => `Đủ ${n} tiêu chí`,
  lost: (saved, of, waits) => `Mất mạng. Đã lưu ${saved}/${of}, ${waits} chờ mạng. Cứ chấm tiếp, điểm được giữ trên máy này.`,
  notTaken: (message) => `Phiếu khác có chỗ chưa ghi được: ${message}`,
  submitted: "Phiếu này đã nộp. Khi có mạng, mở lại trang để lấy lại phiếu nếu cần sửa.",
  open: "Mở phiếu đó",
  conflict: "Chỗ này vừa được chấm ở nơi khác",
  here: "Ở máy này",
  there: "Ở nơi khác",
  noMark: "chưa cho điểm",
  later: "Để sau",
  take: "Lấy bản ở nơi khác",
  keep: "Giữ bản ở máy này",
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    busy: "Saving…",
    saved: (n, of) => `${n}/${of} saved`,
    waiting: (n, of, waits) => `${n}/${of} saved, ${waits} waiting for the network`,
    held: "Not saved, waiting for you to choose",
    signedOut: "Your session has ended. Your marks are kept on this device.",
    signIn: "Sign in in a new tab",
    refused: "This mark was not saved.",
    range: (min, max, step) => `Not saved: enter ${min} to ${max}, in steps of ${step}.`,
    none: "Not scored yet.",
    missing: (n) => `${n} criteria missing`,
    missingFirst: (n, name) => `${n} criteria missing, first: ${name}`,
    full: (n) => `All ${n} criteria scored`,
    lost: (saved, of, waits) => `No network. ${saved}/${of} saved, ${waits} waiting. Go on, your marks are kept on this device.`,
    notTaken: (message) => `Something on another sheet could not be saved: ${message}`,
    submitted: "This sheet is submitted. When back online, open the page again to take it back.",
    open: "Open that sheet",
    conflict: "This has just been scored elsewhere",
    here: "On this device",
    there: "Elsewhere",
    noMark: "not scored",
    later: "Not now",
    take: "Take the other one",
    keep: "Keep this device’s",
  });
}
const PREFIX = "cham:";
const KNOWN = "chamda:"; // what the server has taken since the page was made; pages kept for offline use are older
const SUBMIT = "~nop"; // stands where a criterion would: the sheet is to be submitted once its marks have arrived
const BY_KEYS = "cham-bang-phim";
const KEYS_OFF = "tat-phim-cham";
const RETRY = [2, 5, 10, 30, 60];
const KEEP_DAYS = 60;
const PAUSE = 500;
const PATIENCE = 20000;

const comma = (n) => String(n).replace(".", ",");
const number = (text) => {
  const plain = String(text ?? "").trim().replace(",", ".");
  return /^\d{1,4}(\.\d+)?$/.test(plain) ? Number(plain) : null;
};
const sameText = (a, b) => String(a ?? "").normalize("NFC").replace(/\r\n?/g, "\n").trim() === String(b ?? "").normalize("NFC").replace(/\r\n?/g, "\n").trim();
const samePart = (a, b) => number(a?.points) === number(b?.points) && sameText(a?.comment, b?.comment);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const store = {
  memory: new Map(),
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return this.memory.get(key) ?? null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      this.memory.set(key, value);
    }
  },
  remove(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing could be stored, so nothing is left.
    }
  },
  keys() {
    try {
      return [...new Set([...Object.keys(localStorage), ...this.memory.keys()])];
    } catch {
      return [...this.memory.keys()];
    }
  },
};

/* --- marks on their way to the server, of all sheets of one judge --- */
class Queue {
  constructor(owner, watch) {
    this.owner = owner;
    this.watch = watch;
    this.versions = new Map();
    this.held = new Set();
    this.failures = 0;
    addEventListener("online", () => this.drain());
    addEventListener("focus", () => this.back());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.drain() : this.back()));
    addEventListener("pagehide", () => this.running || this.entries().forEach((entry) => entry.criterion === SUBMIT || this.send(entry)));
    this.prune();
  }

  // A refused mark is kept for a while, in case somebody asks for it.
  prune() {
    for (const key of store.keys().filter((one) => one.startsWith(PREFIX))) {
      const entry = parse(store.get(key));
      if (!entry || (entry.refused && Date.now() - entry.at > KEEP_DAYS * 864e5)) store.remove(key);
    }
  }

  key(sheet, criterion) {
    return `${PREFIX}${this.owner}:${sheet}:${criterion}`;
  }

  entries(sheet) {
    return store
      .keys()
      .filter((key) => key.startsWith(`${PREFIX}${this.owner}:`))
      .map((key) => parse(store.get(key)))
      .filter((entry) => entry && !entry.refused && (!sheet || entry.sheet === sheet))
      .sort((a, b) => a.at - b.at);
  }

  latest({ sheet, criterion }) {
    return parse(store.get(this.key(sheet, criterion)));
  }

  put(entry) {
    const key = this.key(entry.sheet, entry.criterion);
    const before = this.latest(entry);
    const id = globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    store.set(key, JSON.stringify({ ...entry, base: before && !before.refused ? before.base : entry.base, id, at: Date.now() }));
    this.watch.changed();
  }

  // What the server is known to hold, for the next time an older page shows this sheet.
  remember({ sheet, criterion, points, comment }, version) {
    store.set(`${KNOWN}${this.owner}:${sheet}:${criterion}`, JSON.stringify({ points, comment, version }));
  }

  known(sheet, criterion) {
    return parse(store.get(`${KNOWN}${this.owner}:${sheet}:${criterion}`));
  }

  // Keeps a newer value of the same mark that was typed while the older one was on its way.
  settle(entry, version, base) {
    const key = this.key(entry.sheet, entry.criterion);
    const now = this.latest(entry);
    this.versions.set(entry.sheet, version);
    this.remember(entry, version);
    if (now && now.id !== entry.id) store.set(key, JSON.stringify({ ...now, base, version }));
    else store.remove(key);
  }

  soon(ms = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drain(), ms);
  }

  drain() {
    clearTimeout(this.timer);
    this.running ??= this.alone(() => this.sendAll()).finally(() => {
      this.running = null;
      this.watch.changed();
    });
    return this.running;
  }

  // Two open tabs of one judge share what waits; only one sends at a time.
  alone(work) {
    return navigator.locks ? navigator.locks.request(PREFIX + this.owner, work) : work();
  }

  async sendAll() {
    for (;;) {
      const next = this.signedOut ? null : this.next();
      if (!next) return;
      this.busy = true;
      this.watch.changed();
      const went = await this.send(next);
      this.busy = false;
      if (!went) return;
      this.failures = 0;
    }
  }

  // In the order of marking; a submit waits until no mark of its sheet does.
  next() {
    const all = this.entries();
    return all.find(({ sheet, criterion }) => (criterion === SUBMIT ? all.every((one) => one.sheet !== sheet || one.criterion === SUBMIT) : !this.held.has(this.key(sheet, criterion))));
  }

  async send(entry, again = false) {
    const token = csrfToken();
    const body = new FormData();
    if (entry.criterion !== SUBMIT) for (const name of ["criterion", "points", "comment"]) if (entry[name] !== undefined) body.set(name, entry[name]);
    body.set("version", this.versions.get(entry.sheet) ?? entry.version);
    body.set("key", entry.id);
    body.set("csrf_token", token);
    const abort = new AbortController();
    const patience = setTimeout(() => abort.abort(), PATIENCE);
    let response;
    let answer;
    try {
      response = await fetch(entry.url, { method: "POST", body, keepalive: (entry.comment ?? "").length < 20000, signal: abort.signal, headers: { "X-CSRFToken": token, Accept: "application/json" } });
      answer = await response.json().catch(() => null);
    } catch {
      return this.fail();
    } finally {
      clearTimeout(patience);
    }
    if (answer?.csrf_token) setToken(answer.csrf_token);
    if (response.ok && answer?.ok) {
      this.settle(entry, answer.version, entry);
      this.resent = 0;
      this.watch.saved(entry, answer);
      return true;
    }
    if (response.status === 409 && answer?.conflict) return this.conflict(entry, answer);
    if (response.status === 401 || (response.ok && response.redirected)) {
      this.signedOut = answer?.sign_in ?? response.url;
      this.watch.signedOut(this.signedOut);
      return false;
    }
    if (response.status === 400 && !again && (await this.freshToken())) return this.send(entry, true);
    if (response.status === 429) return this.fail(Number(response.headers.get("Retry-After")) || 30);
    if (response.ok || response.status >= 500 || [408, 409].includes(response.status)) return this.fail();
    const key = this.key(entry.sheet, entry.criterion);
    if (this.latest(entry)?.id === entry.id) store.set(key, JSON.stringify({ ...entry, refused: true }));
    this.watch.refused(entry, answer?.message ?? TEXT.refused);
    return true;
  }

  fail(seconds) {
    const wait = seconds ?? RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    this.soon(wait * 1000 * (1 + Math.random() / 4));
    return false;
  }

  // The sheet moved on, but not this mark: send it again. The mark itself differs: the judge decides.
  conflict(entry, { version, theirs }) {
    this.versions.set(entry.sheet, version);
    const part = { points: entry.points === undefined ? undefined : theirs?.points, comment: entry.comment === undefined ? undefined : theirs?.comment };
    if (samePart(part, entry)) {
      this.settle(entry, version, entry);
      this.watch.saved(entry, { version });
    } else if (!samePart(part, entry.base)) {
      this.held.add(this.key(entry.sheet, entry.criterion));
      this.watch.conflict(entry, part);
    } else {
      this.resent = (this.resent ?? 0) + 1;
      if (this.resent > 3) return this.fail();
    }
    return true;
  }

  // The judge has seen both values; `part` is what the server holds.
  resolve(entry, part, keep) {
    const key = this.key(entry.sheet, entry.criterion);
    if (keep) store.set(key, JSON.stringify({ ...this.latest(entry), base: part, version: this.versions.get(entry.sheet) }));
    else store.remove(key);
    this.held.delete(key);
    this.drain();
  }

  async back() {
    if (this.signedOut && (await this.freshToken())) {
      this.signedOut = null;
      this.watch.signedOut(null);
    }
    if (this.entries().length) this.drain();
  }

  async freshToken() {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok || !page.querySelector(`[data-owner="${CSS.escape(this.owner)}"]`)) return false;
      setToken(csrfToken(page));
      return true;
    } catch {
      return false;
    }
  }
}

function linkTo({ url }) {
  return make("a", { href: url.replace(/\/(diem|nop)$/, "") }, TEXT.open);
}

// How many boxes more are filled on the server once this entry is.
function gained(entry) {
  const [before, after] = [number(entry.base?.points), number(entry.points)];
  return entry.points === undefined ? 0 : (after === null ? 0 : 1) - (before === null ? 0 : 1);
}

function csrfToken(page = document) {
  return page.querySelector("input[name=csrf_token]")?.value ?? page.querySelector("meta[name=csrf-token]")?.content ?? "";
}

function setToken(token) {
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  document.querySelector("meta[name=csrf-token]")?.setAttribute("content", token);
}

/* --- one criterion --- */
class Criterion {
  constructor(box, sheet) {
    this.box = box;
    this.sheet = sheet;
    this.id = box.dataset.criterion;
    this.score = box.querySelector(".score");
    this.range = box.querySelector("input[type=range]");
    this.comment = box.querySelector("textarea[data-comment]");
    this.desc = box.querySelector(".level-desc");
    this.error = box.querySelector("[data-err]");
    this.levels = [...box.querySelectorAll(".levels li")];
    if (this.score) {
      const { min = 0, max, step = 0.5, weight = 1 } = this.score.dataset;
      Object.assign(this, { min: Number(min), max: Number(max), step: Number(step), weight: Number(weight) });
    }
    this.base = this.part((control) => control.defaultValue);
    this.listen();
  }

  part(read = (control) => control.value) {
    return { points: this.score ? read(this.score).trim() : undefined, comment: this.comment ? read(this.comment) : undefined };
  }

  get name() {
    const label = this.score?.labels?.[0] ?? this.comment?.labels?.[0];
    const own = [...(label?.childNodes ?? [])].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent);
    return own.join(" ").trim() || this.id;
  }

  get value() {
    return this.score ? number(this.score.value) : null;
  }

  get valid() {
    if (!this.score || this.score.value.trim() === "") return true;
    const steps = this.value === null ? NaN : (this.value - this.min) / this.step;
    return this.value !== null && this.value >= this.min && this.value <= this.max && Math.abs(steps - Math.round(steps)) < 1e-6;
  }

  put(value) {
    const rounded = this.min + Math.round((value - this.min) / this.step) * this.step;
    this.score.value = comma(Number(Math.min(this.max, Math.max(this.min, rounded)).toFixed(2)));
    this.edited();
  }

  nudge(steps) {
    // From an empty box only upwards: one press down must not become a 0.
    if (this.value === null && steps < 0) return;
    this.put((this.value ?? this.min) + steps * this.step);
  }

  edited(wait = PAUSE) {
    this.paint();
    this.complain(null);
    if (this.valid) this.sheet.edit(this, wait);
  }

  complain(message) {
    this.score?.setAttribute("aria-invalid", String(Boolean(message)));
    if (!this.error) return;
    this.error.hidden = !message;
    this.error.textContent = message ?? "";
  }

  check() {
    this.complain(this.valid ? null : TEXT.range(comma(this.min), comma(this.max), comma(this.step)));
  }

  paint() {
    if (!this.score) return;
    const { value } = this;
    this.box.classList.toggle("is-empty", value === null);
    if (this.range) {
      this.range.value = value ?? this.min;
      this.range.setAttribute("aria-valuetext", value === null ? TEXT.none : comma(value));
    }
    this.askForNote();
    let words = TEXT.none;
    for (const level of this.levels) {
      const on = value !== null && this.valid && value >= Number(level.dataset.from) && value <= Number(level.dataset.to);
      level.classList.toggle("is-on", on);
      level.querySelector("button")?.setAttribute("aria-pressed", String(on));
      if (on) words = level.dataset.desc ?? level.textContent.trim();
    }
    if (this.desc && this.desc.textContent !== words) this.desc.textContent = words;
    this.sheet.paint();
  }

  // A mark beyond the limits needs a note: its box opens at once, not only when the sheet is refused.
  askForNote() {
    const ask = this.box.querySelector("[data-note-ask]");
    if (!ask) return;
    const { noteBelow, noteAbove } = this.score.dataset;
    const beyond = this.value !== null && ((noteBelow && this.value < Number(noteBelow)) || (noteAbove && this.value > Number(noteAbove)));
    const asked = Boolean(beyond && !this.comment?.value.trim());
    ask.classList.toggle("is-asked", asked);
    if (asked) this.box.querySelector("details[data-note]")?.setAttribute("open", "");
  }

  listen() {
    this.comment?.addEventListener("input", () => this.askForNote());
    this.comment?.addEventListener("input", () => this.sheet.edit(this, 1000));
    this.comment?.addEventListener("change", () => this.sheet.queue.drain());
    if (!this.score) return;
    this.score.addEventListener("input", () => this.edited());
    this.score.addEventListener("change", () => {
      this.check();
      this.sheet.queue.drain();
    });
    this.score.addEventListener("focus", () => this.score.select());
    this.range?.addEventListener("input", () => this.put(Number(this.range.value)));
    this.range?.addEventListener("change", () => this.sheet.queue.drain());
    for (const level of this.levels) this.upgrade(level);
  }

  // A level's name becomes a button: a thumb marks roughly with it, then finely with the slider.
  upgrade(level) {
    const button = make("button", { type: "button", "aria-pressed": "false" }, ...level.childNodes);
    level.append(button);
    button.addEventListener("click", () => {
      const [from, to] = [Number(level.dataset.from), Number(level.dataset.to)];
      const inside = this.value !== null && this.value >= from && this.value <= to;
      if (!inside) this.put(level.dataset.set === undefined ? (from + to) / 2 : Number(level.dataset.set));
    });
  }
}

/* --- one sheet --- */
class Sheet {
  constructor(form) {
    this.form = form;
    this.id = form.dataset.sheet;
    this.total = form.querySelector("[data-total]");
    this.left = form.querySelector("[data-left]");
    this.state = form.querySelector(".save-state");
    this.banner = form.querySelector("[data-save-banner]") ?? make("div", { role: "alert" });
    if (!this.banner.isConnected) (form.querySelector(".rubric-foot") ?? form).prepend(this.banner);
    this.queue = new Queue(form.dataset.owner ?? "", this);
    this.parts = [...form.querySelectorAll("[data-criterion]")].map((box) => new Criterion(box, this));
    this.scored = this.parts.filter(({ score }) => score);
    this.setVersion(form.dataset.version);
    this.savedAll = Number(form.dataset.savedAll ?? 0);
    this.takeKnown();
    this.takeWaiting();
    for (const part of this.scored) part.paint();
    this.changed();
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => this.fieldKey(event));
    document.addEventListener("keydown", (event) => this.pageKey(event));
    // What somebody typed before this script arrived.
    for (const part of this.parts) if (!samePart(part.part(), part.base)) part.valid ? this.edit(part) : part.check();
    if (this.queue.entries().length) this.queue.drain();
    this.beginByKeys();
  }

  // Who came by Ctrl+Enter marks by keys: the first empty box has the focus, and the text stays where it is.
  beginByKeys() {
    if (!sessionStorage.getItem(BY_KEYS)) return;
    sessionStorage.removeItem(BY_KEYS);
    if (matchMedia("(min-width: 60em)").matches) this.scored.find(({ value }) => value === null)?.score.focus({ preventScroll: true });
  }

  setVersion(version) {
    this.form.dataset.version = version;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = version;
  }

  takeKnown() {
    const shown = Number(this.form.dataset.version);
    const submitted = this.queue.known(this.id, SUBMIT);
    if (submitted?.version > shown) this.close();
    else if (submitted) store.remove(`${KNOWN}${this.queue.owner}:${this.id}:${SUBMIT}`);
    for (const part of this.parts) {
      const known = this.queue.known(this.id, part.id);
      if (!known) continue;
      if (known.version <= shown) store.remove(`${KNOWN}${this.queue.owner}:${this.id}:${part.id}`);
      else {
        this.write(part, known);
        part.base = { points: known.points, comment: known.comment };
        this.setVersion(Math.max(known.version, Number(this.form.dataset.version)));
      }
    }
  }

  // Submitted since this page was kept: what is typed here would be refused, so nothing can be.
  close() {
    for (const box of this.form.querySelectorAll(".crit, .rubric-foot .row:has(button)")) box.inert = true;
    this.tell(TEXT.submitted);
  }

  // Marks given before a crash or without a network are newer than what the server sent.
  takeWaiting() {
    for (const entry of this.queue.entries(this.id)) {
      const part = this.parts.find(({ id }) => id === entry.criterion);
      if (part) this.write(part, entry);
    }
  }

  write(part, { points, comment }) {
    if (part.score && points !== undefined) part.score.value = comma(points ?? "");
    if (part.comment && comment !== undefined) part.comment.value = comment ?? "";
  }

  edit(part, wait = PAUSE) {
    const values = part.part();
    // A comment is saved even while the box beside it holds half a number.
    if (!part.valid) values.points = this.queue.latest({ sheet: this.id, criterion: part.id })?.points ?? part.base.points;
    this.queue.put({ url: this.form.dataset.save, sheet: this.id, criterion: part.id, ...values, version: this.form.dataset.version, base: part.base });
    this.queue.soon(wait);
  }

  paint() {
    if (!this.scored) return;
    const values = this.scored.map(({ value, weight }) => (value === null ? null : value * weight));
    const missing = values.filter((value) => value === null).length;
    const sum = values.reduce((total, value) => total + (value ?? 0), 0);
    if (this.total) this.total.textContent = comma(Number(sum.toFixed(2)));
    if (this.left) this.say(missing ? TEXT.missing(missing) : TEXT.full(this.scored.length));
  }

  say(text) {
    if (this.left.textContent !== text) this.left.textContent = text;
  }

  changed() {
    if (!this.state || !this.parts) return;
    const waits = this.queue.entries(this.id);
    const saved = this.scored.filter(({ base }) => number(base.points) !== null).length;
    const of = this.scored.length;
    const held = waits.some((entry) => this.queue.held.has(this.queue.key(entry.sheet, entry.criterion)));
    const stuck = this.queue.failures > 0 || !navigator.onLine || this.queue.signedOut;
    const [state, text] = !waits.length
      ? ["ok", TEXT.saved(saved, of)]
      : held
        ? ["bad", TEXT.held]
        : stuck
          ? ["off", TEXT.waiting(saved, of, waits.length)]
          : ["busy", TEXT.busy];
    this.lost(stuck && !this.queue.signedOut);
    this.state.dataset.s = state;
    const label = this.state.querySelector("[data-text]");
    if (label && label.textContent !== text) label.textContent = text;
  }

  // The band on top speaks of the whole evening, not of this sheet.
  lost(isLost) {
    const band = document.querySelector("[data-offline]");
    const waits = this.queue.entries().length;
    if (!band || !this.form.dataset.ofAll) return;
    band.hidden = navigator.onLine && !(isLost && waits);
    band.querySelector("span").textContent = TEXT.lost(this.savedAll, this.form.dataset.ofAll, waits);
  }

  saved(entry, answer) {
    this.savedAll += gained(entry);
    if (entry.sheet !== this.id || entry.criterion === SUBMIT) return this.changed();
    const part = this.parts.find(({ id }) => id === entry.criterion);
    if (part) part.base = { points: entry.points, comment: entry.comment };
    this.setVersion(answer.version);
    this.banner.replaceChildren();
    if (answer.total !== undefined && this.total && !this.queue.entries(this.id).length && this.scored.every(({ valid }) => valid))
      this.total.textContent = comma(answer.total);
    this.changed();
  }

  refused(entry, message) {
    if (entry.sheet !== this.id) return this.tell(TEXT.notTaken(message), " ", linkTo(entry));
    const part = this.parts.find(({ id }) => id === entry.criterion);
    if (part?.error) part.complain(message);
    else this.tell(message);
  }

  tell(message, ...more) {
    this.banner.replaceChildren(make("div", { class: "flash flash-warn" }, make("span"), make("p", {}, message, ...more)));
  }

  signedOut(address) {
    if (!address) this.banner.replaceChildren();
    else this.tell(TEXT.signedOut, " ", make("a", { href: address, target: "_blank", rel: "noopener" }, TEXT.signIn));
    this.changed();
  }

  conflict(entry, theirs) {
    const part = entry.sheet === this.id && this.parts.find(({ id }) => id === entry.criterion);
    if (!part) return;
    const words = ({ points, comment }) => [part.score ? points || TEXT.noMark : "", comment].filter(Boolean).join(" – ");
    const heading = make("h2", { id: `hai-diem-${part.id}`, tabindex: "-1", autofocus: "" }, TEXT.conflict);
    const line = (label, text) => make("div", {}, make("dt", {}, label), make("dd", {}, text));
    const actions = make("div", { class: "dialog-actions" });
    const dialog = make("dialog", { class: "dialog", "aria-labelledby": heading.id }, make("div", { class: "stack" }, heading, make("p", {}, part.name), make("dl", { class: "kv" }, line(TEXT.here, words(this.queue.latest(entry) ?? entry)), line(TEXT.there, words(theirs)))), actions);
    const act = (text, style, work) => {
      const button = make("button", { type: "button", class: `btn ${style}` }, text);
      button.addEventListener("click", () => {
        work();
        dialog.close();
      });
      return button;
    };
    const decide = (keep) => () => {
      part.base = theirs;
      if (!keep) {
        this.write(part, theirs);
        part.paint();
      }
      this.queue.resolve(entry, theirs, keep);
      this.setVersion(this.queue.versions.get(this.id));
      this.banner.replaceChildren();
    };
    const again = make("button", { type: "button", class: "btn btn-quiet btn-sm" }, part.name);
    again.addEventListener("click", () => this.conflict(entry, theirs));
    actions.append(act(TEXT.later, "btn-quiet", () => this.tell(`${TEXT.held}: `, again)), act(TEXT.take, "btn-line", decide(false)), act(TEXT.keep, "", decide(true)));
    dialog.addEventListener("cancel", () => this.tell(`${TEXT.held}: `, again));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    this.changed();
  }

  async submit(event) {
    if (event.defaultPrevented || this.passing) {
      this.passing = false;
      return;
    }
    const { submitter } = event;
    const final = submitter?.hasAttribute("data-submit-next");
    const gaps = this.scored.filter((part) => part.value === null || !part.valid);
    if (final && gaps.length) {
      event.preventDefault();
      gaps[0].check();
      if (this.left) this.say(TEXT.missingFirst(gaps.length, gaps[0].name));
      gaps[0].score.focus();
      return;
    }
    const onward = this.form.dataset.onward;
    if (final && onward) {
      event.preventDefault();
      await this.submitAndGo(onward);
      return;
    }
    if (!this.queue.entries(this.id).length && navigator.onLine) return;
    event.preventDefault();
    await this.within(2000);
    // Leaving for later loses nothing: what waits is sent from the next page.
    if (onward && (!navigator.onLine || this.queue.failures)) return this.go(onward);
    this.passing = true;
    this.form.requestSubmit(submitter?.isConnected ? submitter : null);
  }

  // “Lưu và tiếp”: with a network the answer is waited for; without one the sheet waits in line and the evening goes on.
  async submitAndGo(onward) {
    if (this.going) return;
    this.going = true;
    const key = this.queue.key(this.id, SUBMIT);
    this.queue.put({ url: this.form.dataset.submit, sheet: this.id, criterion: SUBMIT, version: this.form.dataset.version, base: {} });
    await this.within(8000);
    const left = this.queue.entries(this.id);
    const refused = parse(store.get(key))?.refused;
    if (refused || this.queue.signedOut || left.some(({ sheet, criterion }) => this.queue.held.has(this.queue.key(sheet, criterion)))) {
      store.remove(key); // the judge mends what is wrong and submits again
      this.going = false;
      this.changed();
    } else this.go(onward);
  }

  within(patience) {
    const wait = navigator.onLine && !this.queue.failures ? patience : 800;
    return Promise.race([this.queue.drain(), new Promise((resolve) => setTimeout(resolve, wait))]);
  }

  // A page from before the network was lost may name a sheet that meanwhile waits to be submitted.
  go(onward) {
    const sheet = onward.split("/").pop();
    const waits = this.queue.entries(sheet).some(({ criterion }) => criterion === SUBMIT);
    location.assign(waits ? this.form.dataset.progress : onward);
  }

  /* --- keyboard --- */
  fieldKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    if (key === "Enter" && target.matches("input:not([type=submit])")) event.preventDefault();
    const at = this.scored.findIndex(({ score }) => score === target);
    if (at < 0) return;
    if (key === "ArrowUp" || key === "ArrowDown") {
      event.preventDefault();
      this.scored[at].nudge(key === "ArrowUp" ? 1 : -1);
    } else if (key === "Enter") {
      this.scored[at].check();
      if (!this.scored[at].valid) return;
      const next = this.scored[at + 1] ?? this.scored.find(({ value }) => value === null);
      if (next) next.score.focus();
      else this.queue.drain();
    } else if (key === "Escape") {
      this.scored[at].check();
      target.blur();
    }
  }

  pageKey(event) {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const submit = this.form.querySelector("[data-submit-next]");
      if (!submit || event.repeat) return;
      event.preventDefault();
      sessionStorage.setItem(BY_KEYS, "1");
      this.form.requestSubmit(submit);
      return;
    }
    const typing = event.target.closest("textarea, select, [contenteditable=true], input:not([type=checkbox], [type=radio], [type=range])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || store.get(KEYS_OFF)) return;
    const part = /^[1-9]$/.test(event.key) ? this.scored[Number(event.key) - 1] : null;
    const link = { "[": "[data-prev]", "]": "[data-next]" }[event.key];
    if (part) part.score.focus();
    else if (link) document.querySelector(link)?.click();
    else if (event.key === "?") document.getElementById(this.form.dataset.keysHelp ?? "phim-tat")?.showModal();
    else return;
    event.preventDefault();
  }
}

/* --- pages without a sheet: what waits is sent from there too --- */
class Counter {
  constructor(place) {
    this.place = place;
    this.count = Number(place.dataset.saved || 0);
    this.queue = new Queue(place.dataset.owner ?? "", this);
    this.queue.drain();
  }

  changed() {
    const waits = this.queue?.entries().length ?? 0;
    const of = this.place.dataset.of;
    this.place.textContent = waits ? TEXT.waiting(this.count, of, waits) : TEXT.saved(this.count, of);
  }

  saved(entry) {
    this.count += gained(entry);
    this.changed();
  }

  refused(entry, message) {
    this.changed();
    this.place.after(make("p", { class: "err", role: "alert" }, TEXT.notTaken(message), " ", linkTo(entry)));
  }

  conflict() {
    this.changed();
  }

  signedOut() {
    this.changed();
  }
}

const sheet = document.querySelector("form[data-rubric]");
if (sheet) new Sheet(sheet);
else for (const place of document.querySelectorAll("[data-score-queue]")) new Counter(place);

for (const box of document.querySelectorAll("[data-keys-off]")) {
  box.checked = Boolean(store.get(KEYS_OFF));
  box.addEventListener("change", () => (box.checked ? store.set(KEYS_OFF, "1") : store.remove(KEYS_OFF)));
}
