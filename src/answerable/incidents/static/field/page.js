// What every page that works without a network has in common: its words, its elements, what it says and refuses.
import * as clock from "./clock.js";

export const data = JSON.parse(document.getElementById("field-data").textContent);
export const $ = (name) => document.querySelector(name);

export function say(name, places = {}) {
  return Object.entries(places).reduce((text, [place, value]) => text.replace(`{${place}}`, value), data.say[name]);
}

export const when = (at) => clock.moment(at, data.zone, data.language);

export function refuse(text) {
  const fault = $("[data-fault]");
  fault.hidden = !text;
  fault.querySelector("p").textContent = text || "";
  if (text) fault.focus();
}

export function tell(text) {
  $("[data-said]").textContent = text;
}

export function element(name, text = "", more = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...more });
}
