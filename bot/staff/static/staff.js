// Keeps a page of staff fresh and lets its lists be walked by key. Without it all works by links and forms.
"use strict";

const EVERY_MS = 5000;
const NEWS = "/ansatt/nytt";

const live = document.querySelector("[data-live]");
const status = document.getElementById("status");

// --- keys: only while a list has the focus, so that no key is taken from anybody else ---

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.(".row");
  const step = STEPS[event.key];
  if (!row || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const names = [...document.querySelectorAll(".row > a.name")];
  const next = names[names.indexOf(row.querySelector(".name")) + step];
  if (next) next.focus();
  event.preventDefault();
});

// --- an answer: what is written is kept while it is written, and may begin from a ready one ---

const AFTER_MS = 1000;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const words = form.elements.brev;
  const kept = form.querySelector("[data-kept]");
  let waiting;
  let sent = false;

  const keep = async () => {
    clearTimeout(waiting);
    if (sent) return;
    const body = new URLSearchParams({ token: form.elements.token.value, brev: words.value });
    // Where it leads on is of no use here: only that it was taken.
    const answer = await fetch(form.dataset.draft, { method: "POST", body, redirect: "manual", keepalive: true });
    if (answer.type === "opaqueredirect") kept.textContent = kept.dataset.kept;
  };

  words.addEventListener("input", () => {
    kept.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(() => keep().catch(() => {}), AFTER_MS);
  });
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(waiting);
  });
  for (const button of form.querySelectorAll("[data-answer]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      words.value = [words.value.trim(), button.previousSibling.textContent.trim()].filter(Boolean).join("\n\n");
      words.dispatchEvent(new Event("input"));
      words.focus();
    });
  }
}

// --- what is new ---

/** A page of ours as a document; its scripts do not run. */
function fetched(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(request.status));
    request.onerror = reject;
    request.send();
  });
}

/** Whether somebody is in the middle of something that a new list would take away. */
function busy() {
  return live.querySelector("details[open]") || live.querySelector("select:focus, input:focus");
}

async function renew() {
  const page = await fetched(live.dataset.live);
  const fresh = page.getElementById("live");
  const focused = document.activeElement?.closest?.("#live") && document.activeElement.getAttribute("href");
  live.replaceChildren(...fresh.children);
  live.dataset.mark = fresh.dataset.mark;
  document.title = page.title;
  if (focused) [...live.querySelectorAll("a")].find((each) => each.getAttribute("href") === focused)?.focus();
  status.textContent = status.dataset.fresh;
}

function tick(clocks) {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const now = clocks[clock.dataset.clock];
    if (!now) continue;
    clock.textContent = now.words;
    clock.classList.toggle("over", now.over);
  }
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(NEWS, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) return;
  const news = await answer.json();
  tick(news.clocks);
  if (live && news.mark !== live.dataset.mark && !busy()) await renew();
}

if (live || document.querySelector("[data-clock]")) {
  // A look that fails is taken again: nothing is lost, for the page stands as it was.
  setInterval(() => look().catch(() => {}), EVERY_MS);
}
