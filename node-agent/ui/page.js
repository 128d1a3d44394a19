// Asks before choices are lost that were not saved. All else works without scripts.

for (const form of document.querySelectorAll("form[data-guard]")) {
  let isUnsaved = form.hasAttribute("data-unsaved");
  form.addEventListener("input", () => {
    isUnsaved = true;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}
