// A form that came after the sign-in had ended is sent again once somebody is signed in, in another tab: a sign-in
// changes the browser's form token, so the new one is fetched first.
const form = document.querySelector("form.form");
const still = document.querySelector("[data-still]");

async function fresh() {
  const answer = await fetch("/desk/keyboard", { redirect: "manual", cache: "no-store" });
  if (!answer.ok) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = await fresh().catch(() => "");
  still.hidden = Boolean(token);
  if (!token) return;
  form.elements.csrfmiddlewaretoken.value = token;
  form.submit();
});
