// htmx is configured by the meta tag of the base layout: no history snapshots (going back reloads), no style of its
// own, error pages are not swapped into a fragment's place. It is imported for its effect.
import "htmx.org/dist/htmx.esm.js";
