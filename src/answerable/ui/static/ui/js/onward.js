// The neutral page after "Leave now" leads on, and leaves no entry of its own in the history.
const link = document.querySelector("a[data-onward]");
if (link) location.replace(link.href);
