// Keeps pages up to date, and small comforts. Pages work without it.
"use strict";

// A part with data-live="NAME" is replaced by the same part of the page as it is now, whenever an
// order changes and now and then besides. A part in which somebody works is left alone.
const live = () => document.querySelectorAll("[data-live]");
const stateLine = document.querySelector("[data-live-state]");
let isDue = false;
let isRunning = false;
let isWatching = false;

// What the gateway sent of each part, before times were told in words.
const sent = new WeakMap();
live().forEach((part) => sent.set(part, part.innerHTML));

function isBusy(part) {
  const active = document.activeElement;
  const inField = active && part.contains(active) && active.matches("input, select, textarea");
  const chosen = getSelection();
  const inSelection = chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode);
  return inField || inSelection || part.querySelector("details[open] form") !== null;
}

// How the focused element is found again among those that take its place.
function placeOf(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return () => null;
  const like = (e) => e.tagName === active.tagName && e.id === active.id
    && e.getAttribute("href") === active.getAttribute("href");
  const all = () => [...part.querySelectorAll("a, button, summary, [tabindex]")].filter(like);
  const place = all().indexOf(active);
  return () => all()[place] ?? all()[0];
}

function replace(part, other) {
  const html = other.innerHTML;
  if (sent.get(part) === html || isBusy(part)) return;
  const open = new Set([...part.querySelectorAll("details[open][id]")].map((d) => d.id));
  const focused = placeOf(part);
  part.replaceChildren(...other.childNodes);
  sent.set(part, html);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  focused()?.focus({ preventScroll: true });
  tellTimes(part);
}

const say = (text) => { if (stateLine.textContent !== text) stateLine.textContent = text; };
const notLive = "Not live now; trying again";

async function refresh() {
  if (isRunning) { isDue = true; return; }
  isRunning = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) { say(notLive); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of live()) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (other) replace(part, other);
    }
    if (isWatching) say("");
  } catch { say(notLive); } finally {
    isRunning = false;
    if (isDue) { isDue = false; later(); }
  }
}

let timer = 0;
// Several changes at once are one look.
function later() {
  if (timer) return;
  timer = setTimeout(() => { timer = 0; refresh(); }, 400);
}

function watch() {
  const source = new EventSource("/console/events");
  source.addEventListener("order", later);
  // From now on each change is told; what changed before was not.
  source.addEventListener("begin", later);
  source.onopen = () => { isWatching = true; say(""); };
  source.onerror = () => { isWatching = false; say(notLive); };
  setInterval(() => { if (!document.hidden) later(); }, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(); });
}

// Times say how long ago they are; the exact time is their title.
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
function tellTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1000;
    if (!Number.isFinite(seconds)) continue;
    if (!time.title) time.title = time.textContent;
    const size = Math.abs(seconds);
    const [value, unit] = size < 60 ? [seconds, "second"] : size < 3600 ? [seconds / 60, "minute"]
      : size < 86400 ? [seconds / 3600, "hour"] : size < 5184000 ? [seconds / 86400, "day"]
      : size < 63072000 ? [seconds / 2629800, "month"] : [seconds / 31557600, "year"];
    time.textContent = words.format(Math.round(value), unit);
  }
}

// What cannot be undone asks once more.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});

// A link to the sign-in page may carry the token behind #, which browsers send to nobody.
const signIn = document.querySelector("form[data-sign-in]");
if (signIn && location.hash.length > 1) {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  signIn.elements.token.value = token;
  signIn.submit();
}

tellTimes(document);
setInterval(() => tellTimes(document), 15000);
if (live().length > 0) watch();

// A form that only goes on is sent by itself.
document.querySelector("form[data-go-on]")?.requestSubmit();
