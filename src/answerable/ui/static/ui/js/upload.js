// <form data-upload>: files go up with a bar and a way to stop; without this the form just sends.
// The form holds <div data-upload-state hidden><progress></progress><span></span><button type=button></button></div>.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  const files = Array.from(form.querySelectorAll("input[type=file]"));
  const state = form.querySelector("[data-upload-state]");
  if (!state || !files.some((input) => input.files.length)) return;
  event.preventDefault();
  event.stopImmediatePropagation();

  const bar = state.querySelector("progress");
  const text = state.querySelector("span");
  const request = new XMLHttpRequest();
  const data = new FormData(form);
  if (event.submitter && event.submitter.name) data.append(event.submitter.name, event.submitter.value);
  state.hidden = false;
  text.textContent = "";
  bar.removeAttribute("value");
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    bar.max = step.total;
    bar.value = step.loaded;
    text.textContent = Math.floor((100 * step.loaded) / step.total) + " %";
  });
  const stop = () => request.abort();
  const button = state.querySelector("button");
  button.addEventListener("click", stop, { once: true });
  const end = (words) => {
    button.removeEventListener("click", stop);
    bar.value = 0;
    text.textContent = words;
  };
  request.addEventListener("abort", () => end(state.dataset.stopped));
  request.addEventListener("error", () => end(state.dataset.failed));
  request.addEventListener("load", () => {
    const onward = request.getResponseHeader("HX-Redirect");
    if (onward || (request.status < 400 && request.responseURL !== new URL(form.action, location).href)) {
      location.assign(onward || request.responseURL);
    } else if (/<html/i.test(request.responseText)) {
      // A whole page, most likely one that says what went wrong: show it as the browser would have.
      document.open();
      document.write(request.responseText);
      document.close();
    } else {
      const part = form.closest("[data-part]") || form;
      const fresh = document.createElement("div");
      fresh.dataset.part = "";
      fresh.innerHTML = request.responseText;
      part.replaceWith(fresh);
      const summary = fresh.querySelector("[data-focus]");
      if (summary) summary.focus();
    }
  });
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.send(data);
}, true);
