/* Tải sẵn bài chấm: a judge's own open sheets are kept on this device, so that the evening survives a lost network. */
const TEXT = {
  busy: (n, of) => `Đang tải sẵn ${n}/${of} bài…`,
  done: (of) => `Đã tải sẵn ${of}/${of} bài: chấm được cả khi mất mạng.`,
  some: (n, of) => `Đã tải sẵn ${n}/${of} bài. Khi có mạng hãy tải tiếp.`,
};
if (document.documentElement.lang === "en") {
  Object.assign(TEXT, {
    busy: (n, of) => `Loading ${n}/${of} ideas…`,
    done: (of) => `${of}/${of} ideas kept on this device: you can score without a network.`,
    some: (n, of) => `${n}/${of} ideas kept on this device. Load the rest when back online.`,
  });
}
const GOI = "cham-goi-";
const AT_ONCE = 3;

const place = document.querySelector("[data-pack]");
const able = "caches" in globalThis && "serviceWorker" in navigator;

async function clear(but) {
  const names = (await caches.keys()).filter((name) => name.startsWith(GOI) && name !== but);
  await Promise.all(names.map((name) => caches.delete(name)));
}

class Pack {
  constructor(box) {
    this.name = GOI + box.dataset.owner;
    this.words = box.querySelector("[data-pack-state]");
    this.pages = [...new Set([...document.querySelectorAll(".cells a[href]")].map(({ href }) => href))];
    this.button = box.querySelector("button");
    this.button.addEventListener("click", () => this.load(true));
  }

  async load(anew = false) {
    if (this.running) return;
    this.running = true;
    await clear(this.name); // somebody else's, on a computer that is shared
    const pack = await caches.open(this.name);
    let kept = 0;
    const say = () => (this.words.textContent = TEXT.busy(kept, this.pages.length));
    const todo = [...this.pages];
    say();
    const work = async () => {
      for (let url = todo.shift(); url; url = todo.shift()) {
        if (!anew && (await pack.match(url, { ignoreVary: true }))) kept += 1;
        else if (await this.fetch(pack, url)) kept += 1;
        say();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.fetch(pack, location.href.split("#")[0]);
    this.words.textContent = kept === this.pages.length ? TEXT.done(kept) : TEXT.some(kept, this.pages.length);
    this.running = false;
  }

  async fetch(pack, url) {
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html", "X-Pack": "1" } });
      if (!answer.ok || answer.redirected) return false;
      await pack.put(url, answer);
      return true;
    } catch {
      return false;
    }
  }
}

async function begin(box) {
  await navigator.serviceWorker.register(box.dataset.pack, { scope: "/cham-diem" });
  await navigator.serviceWorker.ready;
  await new Pack(box).load();
}

if (able && place) {
  place.hidden = false;
  begin(place).catch(() => (place.hidden = true)); // no store on this device (private window): marks still wait in the queue
} else if (able && document.querySelector("[data-pack-over]")) clear();
