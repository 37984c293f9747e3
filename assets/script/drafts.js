// What somebody is typing is kept on the server: 3 s after a pause and when a field is left. Only failure is announced.
import { alarm, calm, text } from "./regions.js";
import { seen } from "./session.js";

const PAUSE_MS = 3000;

class Draft {
  constructor(form) {
    this.form = form;
    this.timer = 0;
    this.dirty = false;
    this.failed = false;
    this.sent = false;
    this.sending = Promise.resolve();
    form.addEventListener("input", (event) => event.isTrusted && this.changed());
    form.addEventListener("focusout", () => this.dirty && this.send());
    form.addEventListener("submit", () => this.leave());
  }

  changed() {
    this.dirty = true;
    this.sent = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.dirty = false;
  }

  // The form is on its way: a draft of it would be late, and how it fares is nobody's news any more.
  leave() {
    this.stop();
    this.sent = true;
  }

  send() {
    this.stop();
    // One at a time, so that an earlier text never arrives after a later one.
    this.sending = this.sending.then(() => this.post());
  }

  async post() {
    if (this.sent) return;
    try {
      const response = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "Polku-Autosave": "1", Accept: "application/json" },
        redirect: "error",
      });
      if (!response.ok) throw new Error(String(response.status));
      seen();
      this.show(`${text("sayDraftSaved")} ${response.headers.get("Polku-Saved") ?? clock()}`);
      if (this.failed) calm();
      this.failed = false;
    } catch (problem) {
      if (this.sent) return;
      this.dirty = true;
      const sentence = problem.message === "401" ? text("sayExpired") : text("sayDraftFailed");
      this.show(sentence);
      if (!this.failed) alarm(sentence);
      this.failed = true;
    }
  }

  show(sentence) {
    const place = this.form.querySelector("[data-draft-state]");
    if (place) place.textContent = sentence;
  }
}

function clock() {
  const parts = new Intl.DateTimeFormat("fi-FI", { hour: "numeric", minute: "2-digit", timeZone: "Europe/Helsinki" });
  return parts.format(new Date()).replace(":", ".");
}

const known = new WeakSet();

export function watchDrafts(scope) {
  for (const form of scope.querySelectorAll("form[data-draft-url]")) {
    if (known.has(form)) continue;
    known.add(form);
    new Draft(form);
  }
}
