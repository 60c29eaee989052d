// "Lists" and the key u lead back to the list one came from, with its filters. Kept in this tab, and no longer than it.
const LIST = "answerable:list";
const up = document.querySelector("a[data-up]");

if (up) {
  try {
    const search = sessionStorage.getItem(LIST) || "";
    if (search.startsWith("?")) up.search = search;
  } catch (e) {
    // Without storage it leads to the first list, as without this script.
  }
}

addEventListener("pagehide", () => {
  if (!document.querySelector("[data-list-here]")) return;
  try {
    sessionStorage.setItem(LIST, location.search);
  } catch (e) {
    // The same.
  }
});
