// Two minutes before the session ends the page says so and offers to go on (WCAG 2.2.1).
import { alarm, calm, text } from "./regions.js";

const { sessionIdle, sessionLeft, sessionWarn, sessionUrl } = document.body.dataset;
const opened = performance.now();
let timer = 0;

// The server saw us: the idle time starts again, but never past the session's last moment.
export function seen() {
  if (!sessionUrl) return;
  clearTimeout(timer);
  hide();
  const gone = (performance.now() - opened) / 1000;
  const left = Math.min(Number(sessionIdle), Number(sessionLeft) - gone) - Number(sessionWarn);
  timer = setTimeout(warn, Math.max(left, 0) * 1000);
}

function notice() {
  return document.getElementById("polku-expiry");
}

function hide() {
  if (notice()) notice().hidden = true;
}

function warn() {
  if (notice()) notice().hidden = false;
  alarm(text("sayEnding"));
}

async function goOn() {
  try {
    const response = await fetch(sessionUrl, { method: "POST", body: token(), redirect: "error" });
    if (!response.ok) throw new Error(String(response.status));
    seen();
    calm();
  } catch (problem) {
    alarm(problem.message === "401" ? text("sayExpired") : text("sayFailed"));
  }
}

function token() {
  return new FormData(notice()?.querySelector("form") ?? undefined);
}

export function watchSession() {
  if (!sessionUrl) return;
  seen();
  notice()?.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    goOn();
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.response?.raw?.ok) seen();
  });
}
