// The same checks as cases/counter/forms.py, so that a fault is said while the person still stands there. The server
// checks everything again.
const NEEDED = ["intake", "language", "who", "danger", "conduct", "subject", "kind", "privacy", "channel"];

export function check(said, accusesOwn, say, form, labels) {
  const wrong = [];
  const fault = (name, sentence) => wrong.push([name, say(sentence)]);
  for (const name of NEEDED) if (form.elements[name] && !said[name]) wrong.push([name, say("choose_for", { label: labels[name] })]);
  if (!said.story || !said.story.trim()) fault("story", "story");
  if (said.intake === "letter" && !said.received_on) fault("received_on", "letter_day");
  if (["yes", "unsure"].includes(said.conduct)) {
    if (!said.units && !said.accused_words) fault("units", "who");
    if (accusesOwn && (said.privacy !== "anonymous" || said.channel !== "none")) fault("units", "own");
  }
  if (said.privacy === "anonymous" && (said.name || said.represented || said.address)) fault("name", "anonymous");
  if (said.privacy && said.privacy !== "anonymous" && !said.name) fault("name", "name");
  if (said.who === "self" && said.represented) fault("represented", "represented");
  if (said.channel === "none" && said.reach) fault("channel", "no_reach");
  if (said.channel && said.channel !== "none" && !said.reach) fault("reach", "reach");
  const places = [...form.elements].map((box) => box.name);
  return wrong.sort(([one], [other]) => places.indexOf(one) - places.indexOf(other)); // as they stand on the page
}
