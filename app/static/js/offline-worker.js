/* Chấm khi mất mạng: shows a judge's own pages from the pack that pack.js laid down, and only those.
   SHELL and VERSION stand above this text: the server writes them from the manifest of static files. */
const VO = `cham-vo-${VERSION}`;
const GOI = "cham-goi-";
const PATIENCE = 5000;
const NOTHING = `<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Đang mất mạng</title><h1>Đang mất mạng</h1><p>Trang này chưa được tải sẵn. Điểm đã ghi vẫn được giữ trên máy.</p>
<p><a href="/cham-diem">Về trang chấm điểm</a></p></html>`;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(VO).then((shell) => shell.addAll(SHELL)));
});

addEventListener("activate", (event) => event.waitUntil(takeOver()));

// A new release: pages kept before ask for styles and scripts that are gone, so they are fetched anew.
async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("cham-vo-") && name !== VO);
  await Promise.all(old.map((name) => caches.delete(name)));
  if (old.length) await forget();
  await clients.claim();
}

async function forget() {
  const packs = (await caches.keys()).filter((name) => name.startsWith(GOI));
  await Promise.all(packs.map((name) => caches.delete(name)));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(part(request));
});

async function part(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

// The network first; the pack when there is none, or when it is too slow to work with.
async function page(request) {
  const kept = await find(request.url);
  const network = fetch(request).then((answer) => look(request.url, answer, kept));
  const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const answer = await (kept ? Promise.race([network, slow]) : network);
    network.catch(() => {});
    return answer ?? kept.response;
  } catch {
    return kept?.response ?? new Response(NOTHING, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}

async function find(url) {
  const progress = new URL(url).pathname === "/cham-diem";
  for (const name of (await caches.keys()).filter((one) => one.startsWith(GOI))) {
    const pack = await caches.open(name);
    const response = await pack.match(url, { ignoreVary: true, ignoreSearch: progress });
    if (response) return { pack, response };
  }
  return null;
}

// A page of the pack is renewed in it; one that is the judge's no longer leaves it; a locked round ends it.
async function look(url, answer, kept) {
  if (answer.headers.get("X-Pack") === "over") await forget();
  else if (kept && answer.ok && !answer.redirected) await kept.pack.put(url, answer.clone());
  else if (kept && (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500))) await kept.pack.delete(url);
  return answer;
}
