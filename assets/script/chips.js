// A chip writes a day into its field. Without script the chips are not shown and the day is typed.
export function watchChips() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    const field = chip && document.getElementById(chip.dataset.chipFor);
    if (!field) return;
    field.value = chip.dataset.chip;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
}
