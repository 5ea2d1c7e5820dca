/* Băng báo mất mạng; và khi đăng xuất, bài chấm tải sẵn không ở lại trên máy. */
const banner = document.querySelector("[data-offline]");

if (banner) {
  const show = () => (banner.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

// Unsent marks and drafts stay: they are somebody's work. Pages that may not stay are what was read.
function forget() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("chamda:")) localStorage.removeItem(key);
  } catch {
    // Nothing could be stored, so nothing is left.
  }
  globalThis.caches?.keys().then((names) => names.filter((name) => name.startsWith("cham-goi-")).forEach((name) => caches.delete(name)));
}

addEventListener("submit", (event) => event.target.getAttribute("action") === "/dang-xuat" && forget());
if (/^\/(dang-nhap|vao-cham\/)/.test(location.pathname)) forget();
