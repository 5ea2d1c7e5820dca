/* Phiếu đã chuyển: what this device still holds of a sheet that went to another judge is shown, so that nothing is lost. */
const PREFIX = "cham:"; // the queue of scoring.js keeps what was refused under it

function kept(owner, sheet) {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`${PREFIX}${owner}:${sheet}:`))
      .map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return []; // no store on this device, so nothing was kept
  }
}

const place = document.querySelector("[data-kept]");
for (const entry of place ? kept(place.dataset.owner, place.dataset.kept) : []) {
  const words = [entry?.points, entry?.comment].filter((text) => text?.trim()).join(" – ");
  const row = words && place.querySelector(`[data-kept-of="${CSS.escape(entry.criterion)}"]`);
  if (!row) continue;
  row.querySelector("dd").textContent = words;
  row.hidden = place.hidden = false;
}
