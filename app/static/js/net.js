/* Băng báo mất mạng. */
const banner = document.querySelector("[data-offline]");

if (banner) {
  const show = () => (banner.hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
