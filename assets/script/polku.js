// Every page works without this file; it only shortens trips.
import { createAll, Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink } from "govuk-frontend";
import "./htmx.js";
import { watchSwaps } from "./swaps.js";
import { watchKeys } from "./keys.js";
import { watchChips } from "./chips.js";
import { watchDrafts } from "./drafts.js";
import { watchSession } from "./session.js";

const parts = [Button, CharacterCount, Checkboxes, ErrorSummary, Radios, SkipLink];

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
