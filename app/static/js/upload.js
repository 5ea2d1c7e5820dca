/* Tải tệp lên: one request per file, with progress, stop and retry; the list of files is then fetched again. */
const TEXT = {
  waits: "Đang chờ tới lượt",
  sending: (percent) => `Đang tải lên, ${percent}%`,
  checking: "Đã gửi, đang kiểm tra tệp",
  done: "Đã tải lên",
  lost: "Mất mạng giữa chừng, tệp chưa tải lên.",
  refused: "Tệp chưa tải lên được, hãy thử lại.",
  signedOut: "Phiên đăng nhập đã hết.",
  signIn: "Đăng nhập ở thẻ mới",
  tooBig: (size, limit) => `Tệp nặng ${size}, tối đa ${limit}. Hãy giảm cỡ rồi chọn lại.`,
  tooMany: (limit) => `Nhiều nhất ${limit} tệp. Xóa bớt tệp cũ rồi chọn lại.`,
  wrongKind: (kinds) => `Loại tệp này chưa dùng được, chỉ nhận ${kinds}.`,
  empty: "Tệp này trống.",
  stop: (name) => `Dừng tải ${name}`,
  drop: (name) => `Bỏ ${name}`,
  retry: "Thử lại",
  shownLater: "Tệp đã tải lên, sẽ hiện trong danh sách khi tải lại trang.",
  progress: (name) => `Đang tải ${name}`,
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    waits: "Waiting its turn",
    sending: (percent) => `Uploading, ${percent}%`,
    checking: "Sent, being checked",
    done: "Uploaded",
    lost: "The connection broke, the attachment was not uploaded.",
    refused: "The attachment was not uploaded, please try again.",
    signedOut: "Your session has ended.",
    signIn: "Sign in in a new tab",
    tooBig: (size, limit) => `The attachment is ${size}, at most ${limit}. Make it smaller and choose again.`,
    tooMany: (limit) => `At most ${limit} attachments. Delete an old one, then choose again.`,
    wrongKind: (kinds) => `This type is not accepted, only ${kinds}.`,
    empty: "This attachment is empty.",
    stop: (name) => `Stop uploading ${name}`,
    drop: (name) => `Remove ${name}`,
    retry: "Try again",
    shownLater: "Uploaded; it will be in the list when the page is reloaded.",
    progress: (name) => `Uploading ${name}`,
  });
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const megabytes = (bytes) => `${(bytes / 1048576).toLocaleString("vi-VN", { maximumFractionDigits: 1 })} MB`;
const extension = (name) => name.split(".").pop().toLowerCase();

function refusal(file, input, stored) {
  const limit = Number(input.dataset.maxBytes || 0);
  const most = Number(input.dataset.maxFiles || 0);
  const kinds = input.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
  const fits = (kind) => (kind.startsWith(".") ? kind === `.${extension(file.name)}` : kind.endsWith("/*") ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind);
  if (!file.size) return TEXT.empty;
  if (limit && file.size > limit) return TEXT.tooBig(megabytes(file.size), megabytes(limit));
  if (kinds.length && !kinds.some(fits)) return TEXT.wrongKind(input.accept.replace(/,\s*/g, ", "));
  if (most && stored >= most) return TEXT.tooMany(most);
  return null;
}

/* One line of the list, for a file on its way. */
class Row {
  constructor(file, list) {
    this.text = make("span", { class: "tiny" }, TEXT.waits);
    this.bar = make("progress", { max: "100", value: "0", "aria-label": TEXT.progress(file.name) });
    this.again = make("button", { type: "button", class: "btn btn-line btn-sm", hidden: "" }, TEXT.retry);
    this.close = make("button", { type: "button", class: "icon-btn", "aria-label": TEXT.stop(file.name) }, "×");
    const body = make("span", {}, make("b", {}, file.name), this.text, this.bar, this.again);
    this.item = make("li", { class: "file", "data-uploading": "" }, make("span", { class: "file-ic", "aria-hidden": "true" }, extension(file.name).toUpperCase().slice(0, 4)), body, this.close);
    this.name = file.name;
    list.append(this.item);
  }

  progress(percent) {
    this.bar.value = percent;
    this.text.textContent = percent < 100 ? TEXT.sending(percent) : TEXT.checking;
  }

  done() {
    this.item.dataset.uploading = "done";
    this.bar.hidden = true;
    this.close.hidden = true;
    this.text.textContent = TEXT.done;
  }

  fail(message, { link, retry }) {
    this.item.dataset.uploading = "failed";
    this.item.classList.add("is-bad");
    this.bar.hidden = true;
    this.text.className = "err tiny";
    this.text.setAttribute("role", "alert");
    this.text.replaceChildren(message, ...(link ? [" ", make("a", { href: link, target: "_blank", rel: "noopener" }, TEXT.signIn)] : []));
    this.again.hidden = !retry;
    this.close.setAttribute("aria-label", TEXT.drop(this.name));
  }

  restart() {
    this.item.dataset.uploading = "";
    this.item.classList.remove("is-bad");
    this.text.className = "tiny";
    this.text.removeAttribute("role");
    this.text.textContent = TEXT.waits;
    this.bar.value = 0;
    this.bar.hidden = false;
    this.again.hidden = true;
    this.close.setAttribute("aria-label", TEXT.stop(this.name));
  }
}

class Uploads {
  constructor(form) {
    this.form = form;
    this.queue = [];
  }

  get fragment() {
    return document.querySelector(`[data-upload-fragment="${CSS.escape(this.form.id)}"]`);
  }

  get list() {
    const place = this.fragment ?? this.form;
    return place.querySelector("[data-upload-list]") ?? place.appendChild(make("ul", { class: "files", "data-upload-list": "" }));
  }

  add(input, files) {
    for (const file of files) {
      const stored = this.list.querySelectorAll("li:not([data-uploading=failed])").length;
      const why = refusal(file, input, stored);
      const row = new Row(file, this.list);
      const job = { file, row, name: input.name };
      row.close.addEventListener("click", () => this.remove(job));
      row.again.addEventListener("click", () => this.again(job));
      if (why) row.fail(why, { retry: false });
      else this.queue.push(job);
    }
    this.run();
  }

  again(job) {
    job.row.restart();
    this.queue.push(job);
    this.run();
  }

  remove(job) {
    job.request?.abort();
    this.queue = this.queue.filter((other) => other !== job);
    job.row.item.remove();
    this.run();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    let sent = false;
    while (this.queue.length) sent = (await this.send(this.queue.shift())) || sent;
    this.busy = false;
    this.unseen = this.unseen || sent;
    if (this.unseen && !this.list.querySelector("[data-uploading=failed]")) await this.refresh();
  }

  send(job) {
    const body = new FormData();
    for (const field of this.form.elements) if (field.type === "hidden" && field.name) body.append(field.name, field.value);
    body.append(job.name, job.file, job.file.name.normalize("NFC"));
    const request = new XMLHttpRequest();
    job.request = request;
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", this.form.elements.namedItem("csrf_token")?.value ?? "");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && job.row.progress(Math.floor((event.loaded * 100) / event.total)));
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve(this.settle(job, request)));
      request.send(body);
    });
  }

  settle(job, request) {
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // A proxy's page about size or time: the status says enough.
    }
    if (answer?.csrf_token) for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = answer.csrf_token;
    if (request.status >= 200 && request.status < 300 && answer?.ok) {
      job.row.done();
      return true;
    }
    if (!job.row.item.isConnected) return false;
    const retry = request.status === 0 || request.status >= 500 || [400, 401, 408, 429].includes(request.status) || request.status < 300;
    if (request.status === 0) job.row.fail(TEXT.lost, { retry });
    else if (request.status === 401) job.row.fail(TEXT.signedOut, { retry, link: answer?.sign_in });
    else job.row.fail(answer?.message ?? TEXT.refused, { retry });
    return false;
  }

  // Fetching only the list again leaves what is being typed, the focus and the scroll where they are.
  async refresh() {
    const old = this.fragment;
    const waits = [];
    document.dispatchEvent(new CustomEvent("autosave:flush", { detail: { waits } }));
    try {
      if (!old?.id) {
        const saved = await Promise.all(waits);
        if (saved.every(Boolean)) location.reload();
        else this.list.append(make("li", { class: "small muted", role: "status" }, TEXT.shownLater));
        return;
      }
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(old.id);
      if (!response.ok || !fresh) throw new Error("the page came without its list of files");
      if (this.busy) return;
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      const here = document.importNode(fresh, true);
      old.replaceWith(here);
      if (focused) (document.getElementById(focused) ?? here.querySelector("input[type=file]"))?.focus();
      this.unseen = false;
    } catch {
      this.list.append(make("li", { class: "small muted", role: "status" }, TEXT.shownLater));
    }
  }
}

const uploads = new WeakMap();

function uploadsOf(form) {
  if (!form?.matches("form[data-upload]")) return null;
  if (!uploads.has(form)) uploads.set(form, new Uploads(form));
  return uploads.get(form);
}

// On document: the list, its field included, is replaced after each upload.
document.addEventListener("change", (event) => {
  const input = event.target;
  const target = input.type === "file" ? uploadsOf(input.form) : null;
  if (!target || !input.files.length) return;
  const files = [...input.files];
  input.value = "";
  target.add(input, files);
});

const dropInput = (event) => event.target.closest?.("[data-drop]")?.querySelector("input[type=file]");

document.addEventListener("dragover", (event) => {
  if (dropInput(event)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const input = dropInput(event);
  const target = input && uploadsOf(input.form);
  if (!target || !event.dataTransfer.files.length) return;
  event.preventDefault();
  target.add(input, [...event.dataTransfer.files]);
});
