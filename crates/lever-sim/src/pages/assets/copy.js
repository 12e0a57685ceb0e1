// Copies the text of a field; without this file the field can still be selected.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // No clipboard here: the text is selected and can be copied by hand.
    return;
  }
  const told = document.getElementById("told");
  if (told) told.textContent = "Copied.";
});
