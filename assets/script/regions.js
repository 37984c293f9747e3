// The two status regions of the base layout. Filling one makes a screen reader speak; nothing vanishes by a timer.
const words = document.body.dataset;

export function say(text) {
  fill("polku-status", text);
}

export function alarm(text) {
  fill("polku-alert", text);
}

// The failure is over: something has succeeded since.
export function calm() {
  document.getElementById("polku-alert")?.replaceChildren();
}

export function text(name) {
  return words[name] ?? "";
}

function fill(id, sentence) {
  const region = document.getElementById(id);
  if (!region) return;
  // The same sentence twice is spoken only when the region was empty in between.
  region.replaceChildren();
  requestAnimationFrame(() => region.replaceChildren(sentence));
}
