// Every page works without this file; it only shortens trips.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink } from "govuk-frontend";
import "./htmx.js";
import { watchSwaps } from "./swaps.js";
import { watchKeys } from "./keys.js";
import { watchChips } from "./chips.js";
import { watchDrafts } from "./drafts.js";
import { watchSession } from "./session.js";

// What an answer opens follows it at once. The part we build on also marks the radio as expanded, which a radio may
// not be (aria-allowed-attr), and readers say it differently or not at all.
class Answers extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}

const parts = [Button, CharacterCount, Checkboxes, ErrorSummary, Answers, SkipLink];

function start(scope) {
  for (const part of parts) createAll(part, undefined, { scope, onError: () => {} });
  watchDrafts(scope);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
start(document);
watchSwaps(start);
watchKeys();
watchChips();
watchSession();
