// Ctrl+K search, Ctrl+Enter save, Esc close. No Ctrl+Alt: on the Finnish layout that is AltGr.
import { closePanel } from "./swaps.js";

function focusSearch() {
  const search = document.getElementById("haku");
  search?.focus();
  search?.select();
  return Boolean(search);
}

function submitForm() {
  const form = document.activeElement?.closest("form");
  if (!form) return false;
  const button = form.querySelector("button[data-default], button:not([type=button]):not([name])");
  form.requestSubmit(button ?? undefined);
  return true;
}

function close() {
  const panel = document.activeElement?.closest("[data-panel]");
  if (panel) closePanel(panel);
  return Boolean(panel);
}

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    let done = false;
    if (command && !event.shiftKey && event.key.toLowerCase() === "k") done = focusSearch();
    else if (command && event.key === "Enter") done = submitForm();
    else if (event.key === "Escape") done = close();
    if (done) event.preventDefault();
  });
}
