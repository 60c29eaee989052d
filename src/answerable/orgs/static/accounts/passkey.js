// Passkeys: asks the browser for what a form with data-passkey="create|get" sends. The options lie in the element
// that data-options names, in the form of the Web Authentication API's JSON (W3C WebAuthn level 3, 5.1.8).

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

function options(form) {
  const told = JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
  const asked = { ...told, challenge: bytes(told.challenge) };
  if (told.user) asked.user = { ...told.user, id: bytes(told.user.id) };
  if (told.excludeCredentials) asked.excludeCredentials = named(told.excludeCredentials);
  if (told.allowCredentials) asked.allowCredentials = named(told.allowCredentials);
  return { publicKey: asked };
}

function answer(credential) {
  const given = credential.response;
  const response = { clientDataJSON: text(given.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given[part]) response[part] = text(given[part]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue; // the page says what is needed; the button stays closed
  const button = form.querySelector("button");
  const failed = form.querySelector("[data-failed]");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    const field = form.elements.credential;
    if (field.value) return;
    event.preventDefault();
    button.disabled = true;
    failed.hidden = true;
    try {
      const got = await navigator.credentials[form.dataset.passkey](options(form));
      field.value = JSON.stringify(answer(got));
      form.submit();
    } catch {
      failed.hidden = false; // taken back, timed out, or none fits: the person tries again or takes the other way
      button.disabled = false;
    }
  });
}
