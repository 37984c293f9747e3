// One place for what happens around a swap: busy mark, focus, failures, inline panels.
import { alarm, calm, text } from "./regions.js";

const openers = new WeakMap();
const BUSY_AFTER_MS = 400;

export function closePanel(panel) {
  panel.replaceChildren();
  panel.hidden = true;
  const shell = panel.closest("[data-panel-shell]");
  if (shell) shell.hidden = true;
  const opener = openers.get(panel);
  if (opener?.isConnected) opener.focus();
  else document.getElementById(panel.dataset.panel)?.focus();
}

function openPanel(panel, source) {
  panel.hidden = false;
  const shell = panel.closest("[data-panel-shell]");
  if (shell) shell.hidden = false;
  if (source && !panel.contains(source)) openers.set(panel, source);
}

function settleFocus(target, sourceId) {
  // A refused form speaks first; GOV.UK's summary is what the reader must hear.
  const wanted = target.querySelector(".govuk-error-summary") ?? target.querySelector("[data-focus]");
  if (wanted) {
    if (!wanted.matches("input, select, textarea, button, a[href]")) wanted.tabIndex = -1;
    wanted.focus();
    return;
  }
  // A swap that replaced its own trigger drops focus to the body: give it back to the same control, or to the place.
  if (document.activeElement !== document.body) return;
  if (sourceId) document.getElementById(sourceId)?.focus();
}

function failed(status) {
  alarm(status === 401 ? text("sayExpired") : status === 0 ? text("sayOffline") : text("sayFailed"));
}

export function watchSwaps(start) {
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    ctx.sourceId = ctx.sourceElement?.id;
    ctx.busy = setTimeout(() => ctx.target?.setAttribute?.("aria-busy", "true"), BUSY_AFTER_MS);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    clearTimeout(ctx.busy);
    ctx.target?.removeAttribute?.("aria-busy");
  });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    const panel = ctx?.target?.closest?.("[data-panel]");
    if (panel) openPanel(panel, ctx.sourceElement);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const found = ctx?.target?.isConnected ? ctx.target : document.getElementById(ctx?.target?.id ?? "");
    const place = found ?? document.querySelector("main");
    start(place);
    if (ctx?.response?.raw?.ok) calm();
    settleFocus(place, ctx?.sourceId);
  });
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    const status = ctx.response?.raw?.status ?? 0;
    // 409 and 422 bring the form back with its reasons, which speak for themselves.
    if (status !== 409 && status !== 422) failed(status);
  });
  document.addEventListener("htmx:error", () => failed(0));
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-panel-close]");
    const panel = closer?.closest("[data-panel]");
    if (!panel) return;
    event.preventDefault();
    closePanel(panel);
  });
}
