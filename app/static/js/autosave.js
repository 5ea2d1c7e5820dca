/* Tự lưu bài đang viết: to the server as one types, and on this device until the server has it. Nothing is overwritten unasked. */
const TEXT = {
  busy: "Đang lưu…",
  saved: (time) => `Đã lưu lúc ${time}`,
  retry: "Chưa lưu được, đang thử lại",
  offline: "Đang mất mạng, đã lưu trên máy",
  unsafe: "Chưa lưu được. Đừng đóng trang này",
  held: "Chưa lưu, đang chờ bạn chọn",
  refused: "Chưa lưu được trên máy chủ. Bài vẫn được giữ trên máy này.",
  signedOut: "Phiên đăng nhập đã hết. Bài vẫn được giữ trên máy này.",
  signIn: "Đăng nhập ở thẻ mới",
  notSent: "Chưa gửi được vì mất mạng. Bài vẫn được giữ trên máy này, khi có mạng hãy bấm lại.",
  copy: (time, age) => `Máy này còn bản viết lúc ${time}, ${age}, máy chủ chưa nhận được.`,
  newer: "mới hơn bản đang hiện",
  older: "cũ hơn bản đang hiện",
  restore: "Khôi phục bản trên máy này",
  compare: "So sánh",
  drop: "Bỏ",
  restored: "Đã khôi phục bản trên máy này.",
  dropped: "Đã bỏ bản trên máy này.",
  undo: "Hoàn tác",
  two: "Bài này vừa được sửa ở nơi khác. Chọn bản giữ lại cho từng phần.",
  look: "Xem hai bản",
  title: "Hai bản khác nhau",
  hint: "Chữ khác nhau được đánh dấu. Chưa bản nào bị xóa.",
  mine: "Bản trên máy này",
  theirs: "Bản trên máy chủ",
  both: "Giữ cả hai",
  empty: "(trống)",
  later: "Để sau",
  pick: "Dùng bản đã chọn",
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    busy: "Saving…",
    saved: (time) => `Saved at ${time}`,
    retry: "Not saved yet, trying again",
    offline: "Offline, saved on this device",
    unsafe: "Not saved. Do not close this page",
    held: "Not saved, waiting for you to choose",
    refused: "Not saved on the server. Your writing is kept on this device.",
    signedOut: "Your session has ended. Your writing is kept on this device.",
    signIn: "Sign in in a new tab",
    notSent: "Not submitted: you are offline. Your writing is kept on this device; press again when back online.",
    copy: (time, age) => `This device has a version written at ${time}, ${age}, that the server has not received.`,
    newer: "newer than the one shown",
    older: "older than the one shown",
    restore: "Restore this device’s version",
    compare: "Compare",
    drop: "Discard",
    restored: "This device’s version is restored.",
    dropped: "This device’s version is discarded.",
    undo: "Undo",
    two: "This idea has just been edited elsewhere. Choose the version to keep for each section.",
    look: "View both versions",
    title: "Two different versions",
    hint: "Differences are marked. Neither version has been deleted.",
    mine: "This device’s version",
    theirs: "The server’s version",
    both: "Keep both",
    empty: "(empty)",
    later: "Not now",
    pick: "Use the chosen version",
  });
}
const PREFIX = "nhap:";
const KEEP_DAYS = 60;
const PAUSE = 1000;
const RETRY = [2, 5, 10, 30, 60];
const PATIENCE = 30000;
const KEEPALIVE_BYTES = 50000;
const TAB = Math.random().toString(36).slice(2);
const HTML = /^\s*<(p|h3|h4|ul|ol|blockquote)[\s>]/i;
const OWN = new Set(["csrf_token", "version"]);

/* --- pieces of page --- */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function button(text, style, act) {
  const node = make("button", { type: "button", class: `btn btn-sm ${style}` }, text);
  node.addEventListener("click", act);
  return node;
}

const clock = (at) =>
  new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" }).format(at);
const moment = (at) =>
  `${clock(at)}, ${new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" }).format(at)}`;

/* --- what a form holds: name → list of texts --- */
const savable = (control) =>
  control.name && !OWN.has(control.name) && !control.matches("[data-nosave], :disabled, button, [type=file], [type=password], [type=submit], [type=image]");
const controlsOf = (form) => [...form.elements].filter(savable);
const namesOf = (form) => [...new Set(controlsOf(form).map((control) => control.name))];

function typed(form) {
  const data = new FormData(form);
  return Object.fromEntries(namesOf(form).map((name) => [name, data.getAll(name).filter((value) => typeof value === "string")]));
}

// What the server sent, even if somebody typed before this script arrived.
function served(form) {
  const fields = Object.fromEntries(namesOf(form).map((name) => [name, []]));
  for (const control of controlsOf(form)) {
    const put = (value) => fields[control.name].push(value);
    if (/^(checkbox|radio)$/.test(control.type)) control.defaultChecked && put(control.value);
    else if (control.options) {
      const chosen = [...control.options].filter((option) => option.defaultSelected);
      if (!chosen.length && !control.multiple && control.options.length) chosen.push(control.options[0]);
      chosen.forEach((option) => put(option.value));
    } else put(control.defaultValue);
  }
  return fields;
}

// The sanitiser adds rel to links and browsers send CRLF: neither is a difference to a reader.
const norm = (value) => String(value ?? "").normalize("NFC").replace(/\r\n?/g, "\n").replace(/ (rel|target)="[^"]*"/g, "").replace(/>\s+</g, "><").trim();
const listOf = (value) => (Array.isArray(value) ? value : value === null || value === undefined || value === false ? [] : [value]);
const same = (a, b) => JSON.stringify(listOf(a).map(norm).filter(Boolean)) === JSON.stringify(listOf(b).map(norm).filter(Boolean));
const alike = (names, a, b) => names.every((name) => same(a[name], b[name]));

function fill(form, name, value) {
  const values = listOf(value);
  let at = 0;
  for (const control of controlsOf(form).filter((one) => one.name === name)) {
    if (/^(checkbox|radio)$/.test(control.type)) control.checked = values.includes(control.value) || values.includes(true);
    else if (control.multiple) for (const option of control.options) option.selected = values.includes(option.value);
    else control.value = values[at++] ?? "";
    control.dispatchEvent(new CustomEvent("field:set", { bubbles: true }));
  }
}

/* --- two texts side by side --- */
function readable(form, name, value) {
  const controls = controlsOf(form).filter((control) => control.name === name);
  const words = listOf(value).map((text) => {
    const choice = controls.find((control) => /^(checkbox|radio)$/.test(control.type) && (control.value === text || text === true));
    if (choice) return choice.labels?.[0]?.textContent.trim() || text;
    const option = controls[0]?.options && [...controls[0].options].find((one) => one.value === text);
    if (option) return option.textContent.trim();
    if (!HTML.test(text)) return String(text);
    const lines = text.replace(/<\/(p|h3|h4|li|blockquote)>|<br>/gi, "$&\n");
    return new DOMParser().parseFromString(lines, "text/html").body.textContent;
  });
  return words.join("\n").trim();
}

// Longest common subsequence of words; texts of a form are short enough for the plain table.
function changedWords(before, after) {
  const [a, b] = [before, after].map((text) => text.split(/(\s+)/).filter(Boolean));
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const kept = [new Set(), new Set()];
  if (x.length * y.length <= 4e6) {
    const width = y.length + 1;
    const best = new Uint16Array((x.length + 1) * width);
    for (let i = x.length - 1; i >= 0; i -= 1)
      for (let j = y.length - 1; j >= 0; j -= 1)
        best[i * width + j] = x[i] === y[j] ? best[(i + 1) * width + j + 1] + 1 : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    for (let i = 0, j = 0; i < x.length && j < y.length; ) {
      if (x[i] === y[j]) {
        kept[0].add(start + i++);
        kept[1].add(start + j++);
      } else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) i += 1;
      else j += 1;
    }
  }
  return [a, b].map((words, side) =>
    words.map((word, i) => ({ word, changed: i >= start && i < words.length - end && !kept[side].has(i) && word.trim() !== "" })),
  );
}

function marked(words) {
  const line = make("p");
  for (const { word, changed } of words) {
    if (changed) line.append(make("mark", {}, word));
    else word.split("\n").forEach((part, i) => line.append(...(i ? [make("br")] : []), part));
  }
  return words.length ? line : make("p", { class: "muted" }, TEXT.empty);
}

function joined(a, b) {
  if (!HTML.test(a) && !HTML.test(b)) return [a, b].filter(Boolean).join("\n\n");
  const asHtml = (text) => (HTML.test(text) ? text : text && make("p", {}, text).outerHTML);
  return asHtml(a) + asHtml(b);
}

// Resolves to the chosen values by name, or null when the person wants to decide later.
function choose(form, names, mine, theirs, preferMine = () => true) {
  const groups = names.map((name, n) => {
    const control = controlsOf(form).find((one) => one.name === name);
    const label = /^(checkbox|radio)$/.test(control.type) ? control.closest("fieldset")?.querySelector("legend") : control.labels?.[0];
    const [ours, others] = changedWords(readable(form, name, mine[name]), readable(form, name, theirs[name]));
    const option = (side, text, words) => {
      const radio = make("input", { type: "radio", name: `ban-${n}`, value: side });
      radio.checked = (side === "mine") === preferMine(name);
      return make("div", { class: "compare" }, make("label", { class: "choice b" }, radio, make("span", {}, text)), ...(words ? [marked(words)] : []));
    };
    const box = make("fieldset", { class: "stack stack-2" }, make("legend", { class: "label" }, label?.textContent.trim() || name));
    box.append(make("div", { class: "grid grid-2" }, option("mine", TEXT.mine, ours), option("theirs", TEXT.theirs, others)));
    if (control.tagName === "TEXTAREA" && listOf(mine[name]).length < 2) {
      const radio = make("input", { type: "radio", name: `ban-${n}`, value: "both" });
      box.append(make("label", { class: "choice" }, radio, make("span", {}, TEXT.both)));
    }
    return { name, box };
  });
  const heading = make("h2", { id: `hai-ban-${TAB}`, tabindex: "-1", autofocus: "" }, TEXT.title);
  const form2 = make("form", { class: "stack" }, heading, make("p", { class: "muted" }, TEXT.hint), ...groups.map(({ box }) => box));
  const actions = make("div", { class: "dialog-actions" });
  const dialog = make("dialog", { class: "dialog dialog-wide", "aria-labelledby": heading.id }, form2);
  return new Promise((resolve) => {
    const done = (choice) => {
      resolve(choice);
      dialog.close();
    };
    actions.append(button(TEXT.later, "btn-line", () => done(null)), make("button", { class: "btn btn-sm" }, TEXT.pick));
    form2.append(actions);
    form2.addEventListener("submit", (event) => {
      event.preventDefault();
      const picked = groups.map(({ name, box }) => {
        const side = box.querySelector("input:checked").value;
        if (side !== "both") return [name, (side === "mine" ? mine : theirs)[name]];
        return [name, joined(String(listOf(mine[name])[0] ?? ""), String(listOf(theirs[name])[0] ?? ""))];
      });
      done(Object.fromEntries(picked));
    });
    dialog.addEventListener("close", () => {
      resolve(null);
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/* --- copies on this device --- */
const device = {
  write(key, record) {
    try {
      localStorage.setItem(key, JSON.stringify(record));
      return true;
    } catch {
      return false;
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Storage that cannot be reached holds no copy.
    }
  },
  all() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));
    } catch {
      return [];
    }
  },
  prune() {
    for (const { key, at } of this.all()) if (Date.now() - at > KEEP_DAYS * 864e5) this.remove(key);
  },
};

/* --- one draft --- */
class Draft {
  constructor(form) {
    this.form = form;
    this.version = form.dataset.version;
    this.base = "unsaved" in form.dataset ? {} : served(form);
    this.unsure = [];
    this.failures = 0;
    this.state = form.querySelector(".save-state");
    this.banners = document.querySelector("[data-save-banner]") ?? form.insertBefore(make("div", { class: "stack stack-2" }), form.firstChild);
    this.banners.setAttribute("role", "status");
    this.setVersion(this.version);
    this.listen();
    this.offerCopies();
    if (this.dirty) this.changed();
  }

  get key() {
    return `${PREFIX}${this.form.dataset.draftKey}#`;
  }

  get dirty() {
    return !alike(namesOf(this.form), typed(this.form), this.base);
  }

  listen() {
    const { form } = this;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("field:set", () => this.changed());
    form.addEventListener("focusout", () => this.timer && this.later(100));
    form.addEventListener("keydown", (event) => {
      const oneLine = event.target.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=file])");
      if (event.key === "Enter" && oneLine && !event.isComposing) event.preventDefault();
    });
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.back()));
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && this.dirty && this.changed());
    addEventListener("focus", () => this.back());
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.dirty && this.fail());
    document.addEventListener("autosave:flush", (event) => event.detail?.waits?.push(this.flush()));
  }

  show(state, text) {
    if (!this.state) return;
    this.state.dataset.s = state;
    const label = this.state.querySelector("[data-text]");
    if (label && label.textContent !== text) label.textContent = text;
  }

  // One banner per subject; null takes it away.
  say(subject, text, ...actions) {
    this.banners.querySelector(`[data-about="${subject}"]`)?.remove();
    if (text === null) return;
    this.banners.append(make("div", { class: "flash flash-warn", "data-about": subject }, make("span"), make("div", { class: "stack stack-2" }, make("p", {}, text), make("div", { class: "row" }, ...actions))));
  }

  setVersion(version) {
    this.version = version;
    this.form.dataset.version = version;
    const field = this.form.elements.namedItem("version");
    if (field) field.value = version;
  }

  setToken(token) {
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  }

  changed() {
    if (!this.dirty) {
      device.remove(this.key + TAB);
      return;
    }
    this.keep();
    if (this.held) return;
    if (navigator.onLine) this.show("busy", TEXT.busy);
    this.later(PAUSE);
  }

  keep() {
    const record = { at: Date.now(), version: this.version, fields: typed(this.form) };
    this.kept = device.write(this.key + TAB, record);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  leave() {
    if (!this.dirty) return;
    this.keep();
    this.save();
  }

  async back() {
    if (this.signedOut) this.signedOut = !(await this.freshToken());
    if (this.dirty && !this.refused) this.save();
  }

  // One request at a time; what is typed meanwhile goes with the next one.
  save() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.held || this.signedOut || !this.dirty) return this.running ?? Promise.resolve(false);
    this.running ??= this.send().finally(() => (this.running = null));
    return this.running;
  }

  async flush() {
    while (this.dirty || this.running) {
      if (this.running) await this.running;
      else if (!(await this.save())) break;
    }
    return !this.dirty;
  }

  async send(again = false) {
    const fields = typed(this.form);
    const body = new FormData();
    for (const [name, values] of Object.entries(fields)) for (const value of values) body.append(name, value);
    const token = this.form.elements.namedItem("csrf_token")?.value ?? "";
    body.set("csrf_token", token);
    body.set("version", this.version);
    this.unsure.push(fields);
    this.show("busy", TEXT.busy);

    const abort = new AbortController();
    const patience = setTimeout(() => abort.abort(), PATIENCE);
    let response;
    let answer;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        keepalive: new Blob([JSON.stringify(fields)]).size < KEEPALIVE_BYTES,
        signal: abort.signal,
      });
      answer = await response.json().catch(() => null);
    } catch {
      return this.fail();
    } finally {
      clearTimeout(patience);
    }
    if (answer?.csrf_token) this.setToken(answer.csrf_token);
    if (response.ok && answer?.ok) return this.confirm(fields, answer);
    if (response.status === 409 && answer?.conflict) return this.conflict(answer);
    if (response.status === 401 || (response.ok && response.redirected)) return this.signOut(answer?.sign_in ?? response.url);
    if (response.status === 400 && !again && (await this.freshToken())) return this.send(true);
    if (response.status === 429) return this.fail(Number(response.headers.get("Retry-After")) || 30, answer?.message);
    if (response.ok || response.status >= 500 || response.status === 408) return this.fail();
    return this.refuse(answer?.message);
  }

  confirm(fields, answer) {
    this.base = fields;
    this.unsure = [];
    this.failures = 0;
    this.refused = false;
    this.setVersion(answer.version ?? this.version);
    for (const subject of ["refused", "sign-in", "submit"]) this.say(subject, null);
    device.remove(this.key + TAB);
    this.adopt(answer);
    if (this.dirty) {
      this.keep();
      this.later(PAUSE);
    } else this.show("ok", TEXT.saved(answer.saved_at ?? clock(Date.now())));
    showMissing(answer);
    return true;
  }

  // The first save of a new idea gives it an address of its own.
  adopt({ location: page, autosave, action, draft_key: key }) {
    if (page) history.replaceState(history.state, "", page);
    if (autosave) this.form.dataset.autosave = autosave;
    if (action) this.form.setAttribute("action", action);
    if (key) this.form.dataset.draftKey = key;
  }

  fail(seconds, message) {
    const wait = seconds ?? RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    if (message) this.say("refused", message);
    if (this.kept === false) this.show("bad", TEXT.unsafe);
    else if (!navigator.onLine) this.show("off", TEXT.offline);
    else this.show("bad", TEXT.retry);
    this.later(wait * 1000 * (1 + Math.random() / 4));
    return false;
  }

  refuse(message) {
    this.refused = true;
    this.keep();
    this.show("bad", TEXT.refused);
    this.say("refused", message ?? TEXT.refused);
    return false;
  }

  signOut(address) {
    this.signedOut = true;
    this.keep();
    this.show("bad", TEXT.refused);
    this.say("sign-in", TEXT.signedOut, make("a", { class: "btn btn-sm", href: address, target: "_blank", rel: "noopener" }, TEXT.signIn));
    return false;
  }

  // After signing in elsewhere this page's token is stale: the page itself, fetched again, carries a new one.
  async freshToken() {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("form[data-autosave] input[name=csrf_token]");
      if (token) this.setToken(token.value);
      return Boolean(token);
    } catch {
      return false;
    }
  }

  async conflict({ version, theirs }) {
    const mine = typed(this.form);
    const known = (name) => [this.base, ...this.unsure].some((fields) => same(fields[name], theirs[name]));
    const names = namesOf(this.form).filter((name) => name in theirs && !same(mine[name], theirs[name]));
    const open = names.filter((name) => !known(name));
    const before = this.base;
    const settle = () => {
      this.base = { ...before, ...theirs };
      this.unsure = [];
      this.held = null;
      this.setVersion(version);
      this.say("two", null);
    };
    if (!open.length) {
      settle();
      if (this.dirty) this.later(0);
      else device.remove(this.key + TAB);
      this.show("ok", TEXT.saved(clock(Date.now())));
      return true;
    }
    this.keep();
    this.show("bad", TEXT.held);
    this.held = async () => {
      const picked = await choose(this.form, open, typed(this.form), theirs, (name) => !same(mine[name], before[name]));
      if (!picked) return;
      settle();
      for (const [name, value] of Object.entries(picked)) fill(this.form, name, value);
      if (this.dirty) this.later(0);
      else this.show("ok", TEXT.saved(clock(Date.now())));
    };
    this.say("two", TEXT.two, button(TEXT.look, "", () => this.held()));
    this.held();
    return false;
  }

  async submit(event) {
    if (event.defaultPrevented || this.passing || (!this.dirty && !this.running)) {
      this.passing = false;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    const slow = new Promise((resolve) => setTimeout(resolve, 8000, "slow"));
    const done = await Promise.race([this.flush(), slow]);
    if (this.held) this.held();
    else if (this.signedOut) this.banners.scrollIntoView({ block: "center" });
    else if (done || this.refused) {
      this.passing = true;
      this.form.requestSubmit(submitter?.isConnected ? submitter : null);
    } else {
      this.say("submit", TEXT.notSent);
      this.banners.scrollIntoView({ block: "center" });
    }
  }

  offerCopies() {
    device.prune();
    const names = namesOf(this.form);
    const now = typed(this.form);
    const copies = device.all().filter(({ key, fields }) => key.startsWith(this.key) && fields);
    for (const copy of copies) if (alike(names, copy.fields, now)) device.remove(copy.key);
    const [newest] = copies.filter((copy) => !alike(names, copy.fields, now)).sort((a, b) => b.at - a.at);
    if (newest) this.offer(newest);
  }

  offer(copy) {
    const { key, ...record } = copy;
    const names = namesOf(this.form).filter((name) => name in copy.fields);
    const newer = copy.at > Date.parse(this.form.dataset.savedAt ?? 0);
    const put = (fields) => {
      for (const name of Object.keys(fields)) fill(this.form, name, fields[name]);
    };
    const take = (fields) => {
      const before = typed(this.form);
      put(fields);
      device.remove(key);
      this.say("copy", TEXT.restored, button(TEXT.undo, "btn-line", () => {
        device.write(key, record);
        put(before);
        this.offer(copy);
      }));
    };
    this.say(
      "copy",
      TEXT.copy(moment(copy.at), newer ? TEXT.newer : TEXT.older),
      button(TEXT.restore, "", () => take(Object.fromEntries(names.map((name) => [name, copy.fields[name]])))),
      button(TEXT.compare, "btn-line", async () => {
        const shown = typed(this.form);
        const picked = await choose(this.form, names.filter((name) => !same(copy.fields[name], shown[name])), copy.fields, shown, () => newer);
        if (picked) take(picked);
      }),
      button(TEXT.drop, "btn-quiet", () => {
        device.remove(key);
        this.say("copy", TEXT.dropped, button(TEXT.undo, "btn-line", () => {
          device.write(key, record);
          this.offer(copy);
        }));
      }),
    );
  }
}

/* --- what is still missing --- */
function showMissing({ missing, done, total }) {
  if (!Array.isArray(missing)) return;
  for (const list of document.querySelectorAll("[data-missing-list]")) {
    list.replaceChildren(
      ...missing.map(({ text, href }) => {
        const here = /^(#|\/(?!\/))/.test(href ?? "");
        return make("li", { class: "is-no" }, here ? make("a", { href }, text) : text);
      }),
    );
  }
  for (const count of document.querySelectorAll("[data-missing-count]")) count.textContent = missing.length;
  for (const none of document.querySelectorAll("[data-missing-none]")) none.hidden = missing.length > 0;
  for (const bar of document.querySelectorAll("progress[data-missing-progress]")) {
    if (total !== undefined) bar.max = total;
    if (done !== undefined) bar.value = done;
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) if (form.dataset.autosave) new Draft(form);
