/* Giao diện sáng / tối. Also tells the style sheet that scripts run, so it may be loaded in <head> as a classic script. */
{
  const root = document.documentElement;
  root.classList.add("js");

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]"))
      button.setAttribute("aria-pressed", String(isDark()));
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `giao-dien=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    show();
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
  else show();
}
