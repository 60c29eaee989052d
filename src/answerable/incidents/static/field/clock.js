// Times on the field's page: by the office's zone, wherever the telephone thinks it is, and by the server's clock where it
// was heard: `off` is how far the telephone's is ahead.
let off = 0;

export function heard(serverNow, asked, answered) {
  off = (asked + answered) / 2 - Date.parse(serverNow);
  return off;
}

// What was heard before, in an earlier life of the page.
export function remember(earlier) {
  off = earlier;
}

// An instant that this telephone wrote down, by the server's clock.
export const right = (at) => Date.parse(at) - off;
export const now = () => Date.now() - off;
export const minutesOff = () => Math.round(Math.abs(off) / 60000);

export function moment(at, zone, language) {
  const here = language === "en" ? "en-GB" : language;
  const how = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone || undefined };
  return new Intl.DateTimeFormat(here, how).format(new Date(at));
}

// A day of the calendar, as the server writes it.
export function day(on, language) {
  const here = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(here, { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${on}T12:00:00Z`));
}
