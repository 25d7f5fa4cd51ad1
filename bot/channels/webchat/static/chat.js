// The page's one script: the same forms without reloading, words that wait for the net, and the way out.
// Nothing is kept but in this page's memory; nothing is written as HTML, only as text.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const leaving = byId("leave");
  let queue = [];

  // --- the way out -------------------------------------------------------------------------------

  function leave() {
    queue = [];
    window.speechSynthesis?.cancel();
    document.body.replaceChildren();
    fetch("/ut", { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
    location.replace(leaving.dataset.to);
  }

  leaving?.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });

  let escapes = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    escapes = [...escapes, event.timeStamp].slice(-3);
    if (escapes.length === 3 && escapes[2] - escapes[0] < 3000) leave();
  });

  // A page kept for "back" would show what was left behind.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  const page = document.querySelector("main.chat");
  if (!page) return;

  // --- what the page knows -----------------------------------------------------------------------

  const log = byId("log"), status = byId("status"), answers = byId("answers"), say = byId("say");
  const words = byId("words"), menu = byId("menu");
  const texts = Object.fromEntries([...byId("t-texts").content.children].map((e) => [e.dataset.name, e.textContent]));
  const numbers = new RegExp(`\\b(${page.dataset.numbers})\\b`);
  const lang = document.documentElement.lang;
  let begun = page.dataset.begun === "yes", over = page.dataset.over === "yes";
  let turn = page.dataset.turn ? Number(page.dataset.turn) : null;
  let startId = newId(), busy = false, wake = () => {}, events = null;

  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  }

  const make = (name) => byId(name).content.firstElementChild.cloneNode(true);

  // --- showing -----------------------------------------------------------------------------------

  function spoken(element, text) {
    for (const [i, piece] of text.split(numbers).entries()) {
      if (i % 2 === 0) element.append(piece);
      else element.append(Object.assign(document.createElement("a"), { href: `tel:${piece.replaceAll(" ", "")}`, textContent: piece }));
    }
  }

  // The numbers of a receipt stand on its ticket, so not in the words too.
  function addSaid(message, last, receipt = "") {
    if (log.querySelector(`[data-id="${message.id}"]`)) return null;
    const said = make("t-said");
    Object.assign(said.dataset, { id: message.id, kind: message.kind });
    said.lang = message.lang;
    spoken(said.querySelector("p"), message.text.replace(receipt, ""));
    if (message.hands_over) said.append(make("t-mine"));
    if (!last) for (const way of message.ways) if (!["skip", "back"].includes(way.id)) said.append(wayButton(way));
    addSpeaker(said);
    log.append(said);
    return said;
  }

  function wayButton(way) {
    const button = Object.assign(document.createElement("button"), { className: "way", name: "command", value: way.id, textContent: way.label });
    button.setAttribute("form", "commands");
    return button;
  }

  function addOwn(text) {
    const own = make("t-own");
    own.querySelector("p").textContent = text;
    log.append(own);
    mark(own, "sending");
    return own;
  }

  function mark(own, state) {
    const note = own?.querySelector("small");
    if (!note) return;
    note.textContent = texts[state];
    note.className = state;
  }

  function addTicket(said, receipt) {
    const ticket = Object.assign(document.createElement("div"), { className: "ticket" });
    const digits = document.createElement("p");
    digits.dataset.receipt = receipt;
    for (const group of receipt.match(/.{1,4}/g)) {
      digits.append(Object.assign(document.createElement("span"), { textContent: group }), " ");
    }
    ticket.append(digits);
    said.append(ticket);
    addCopy(ticket);
  }

  function addCopy(ticket) {
    if (!navigator.clipboard) return;
    const copy = make("t-copy");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(ticket.querySelector("p").dataset.receipt);
      status.textContent = texts.copied;
    });
    ticket.append(copy);
  }

  function showAnswers(message) {
    const shown = [];
    if (over) shown.push(make("t-over"));
    else {
      shown.push(choicesOf(message));
      if (message.ways.length) shown.push(waysOf(message));
    }
    answers.replaceChildren(...shown);
    turn = message.question ? message.turn : null;
    if (byId("dictate")) byId("dictate").hidden = message.question !== "need" || message.wordless;
    const label = say?.querySelector("label");
    if (label) label.textContent = message.wordless ? label.dataset.unkept : label.dataset.kept;
    document.querySelector(".dock")?.toggleAttribute("hidden", over);
  }

  function choicesOf(message) {
    const form = Object.assign(document.createElement("form"), { className: "choices", id: "choose" });
    for (const choice of message.choices) {
      const button = make(message.several ? "t-tick" : "t-choice");
      button.querySelector("span").textContent = choice.label;
      if (message.several) Object.assign(button.firstElementChild, { value: choice.id, checked: choice.marked });
      else Object.assign(button, { name: "choose", value: choice.id });
      if (choice.picture) button.prepend(picture(choice.picture));
      form.append(button);
    }
    if (message.several) form.append(make("t-done"));
    return form;
  }

  function waysOf(message) {
    const form = Object.assign(document.createElement("form"), { className: "choices ways" });
    for (const way of message.ways) {
      const button = make("t-choice");
      button.firstElementChild.textContent = way.label;
      form.append(Object.assign(button, { name: "command", value: way.id }));
    }
    return form;
  }

  function picture(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${page.dataset.pictures}#${name}`);
    svg.setAttribute("class", "picture");
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  }

  function showAnswer(answer) {
    const messages = answer.messages, last = messages.at(-1);
    over = Boolean(answer.over);
    if (!last) return;
    // The page comes anew in the other language; not while words wait in this one, which it would lose.
    if (last.lang !== lang && !over && !queue.length) return void location.replace("/chat");
    // What a person deletes must not stay on a screen that somebody may look at.
    if (messages.some((message) => message.clears)) log.replaceChildren();
    const grouped = answer.receipt?.match(/.{1,4}/g).join(" ");
    const added = messages.map((message) => addSaid(message, message === last, grouped));
    const carrier = messages.findIndex((message) => grouped && message.text.includes(grouped));
    if (added[carrier]) addTicket(added[carrier], answer.receipt);
    const hadFocus = answers.contains(document.activeElement) || document.activeElement === document.body;
    showAnswers(last);
    if (hadFocus) answers.focus({ preventScroll: true });
  }

  function scrollTo(element) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  // --- sending: one at a time, in order, each until it is stored ------------------------------------

  async function post(body) {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session: null, lang, municipality: page.dataset.municipality, ...body }),
    });
    return { status: response.status, after: Number(response.headers.get("Retry-After")), answer: await response.json() };
  }

  function put(act, text) {
    const own = text ? addOwn(text) : null;
    queue.push({ id: newId(), act, own });
    scrollTo(own);
    pump();
  }

  async function pump() {
    if (busy) return;
    busy = true;
    page.classList.add("waits");
    answers.setAttribute("aria-busy", "true");
    for (let tries = 0; queue.length; ) {
      const wait = await deliver(queue[0]).catch(() => 2 ** Math.min(tries, 4));
      tries = wait ? tries + 1 : 0;
      if (!wait) continue;
      for (const item of queue) mark(item.own, "waiting");
      status.textContent = texts.offline;
      await new Promise((resolve) => { wake = resolve; setTimeout(resolve, wait * 1000); });
    }
    page.classList.remove("waits");
    answers.removeAttribute("aria-busy");
    busy = false;
  }

  // Seconds to wait before this is tried again; 0 when it is done with.
  async function deliver(item) {
    if (!begun) {
      const first = await post({ id: startId, command: "start" });
      if (first.status !== 201) return again(item, first);
      const code = page.dataset.code && (await post({ id: `${startId}-code`, command: "code", value: page.dataset.code }));
      if (code && code.status >= 429) return again(item, code);
      begun = true;
      if (over) showAnswer(first.answer);
      over = false;
    }
    mark(item.own, "sending");
    const { status: code, answer, after } = await post({ id: item.id, ...item.act });
    if (code === 401) return ended(item);
    if (code !== 201 && code !== 409) return again(item, { status: code, answer, after });
    queue.shift();
    status.textContent = "";
    // Where words are not kept, nothing says that they are stored.
    const kept = item.act.say === undefined || !answer.messages.at(-1)?.wordless;
    mark(item.own, code !== 201 ? "unsent" : kept ? "stored" : "read");
    showAnswer(answer);
    if (answer.over) { begun = false; startId = newId(); events?.close(); events = null; } else listen();
    return 0;
  }

  // The session is gone. Words go on in a new one; a choice has lost its question.
  function ended(item) {
    begun = false;
    over = true;
    startId = newId();
    if (item.act.say === undefined) location.replace("/chat");
    return 0;
  }

  function again(item, { status: code, answer, after }) {
    if (!item.helped) for (const message of answer.messages ?? []) item.helped = addSaid(message, true);
    if (code === 429 || code >= 500) return after || 5;
    queue.shift();
    mark(item.own, "unsent");
    status.textContent = answer.error ?? "";
    if (item.act.say && !words.value) words.value = item.act.say;
    return 0;
  }

  addEventListener("online", () => wake());

  // What comes by itself: a worker's answer, news.
  function listen() {
    if (events || !begun) return;
    // After the first on the page: what came unheard may lie before an answer, and what is here is not shown twice.
    const first = log.querySelector("[data-id]")?.dataset.id ?? "";
    events = new EventSource(`/api/chat/events?after=${first}`);
    events.onerror = ({ target }) => {
      if (target.readyState !== EventSource.CLOSED || target !== events) return;
      events = null;
      setTimeout(listen, 60_000); // a browser that was refused does not ask again by itself
    };
    events.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (!addSaid(message, Boolean(message.question))) return;
      if (message.question) showAnswers(message);
      scrollTo(log.lastElementChild);
    };
  }

  // --- the forms ---------------------------------------------------------------------------------

  function actOf(form, button) {
    if (button?.name === "command") return [{ command: button.value, ...(["skip", "back"].includes(button.value) && turn !== null ? { turn } : {}) }, button.textContent];
    if (button?.name === "choose") return [{ choose: [button.value], turn }, button.textContent.trim()];
    if (form.id === "choose") return ticked(form);
    const text = words.value;
    words.value = "";
    return text.trim() ? [{ say: text }, text] : null;
  }

  function ticked(form) {
    const boxes = [...form.querySelectorAll("input:checked")];
    const labels = boxes.map((box) => box.parentElement.textContent.trim()).join(", ");
    return boxes.length ? [{ choose: boxes.map((box) => box.value), turn }, labels] : [{ say: "" }, ""];
  }

  addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    // An old browser that does not say which button was pressed sends the plain form.
    if (form === leaving || form.method === "dialog" || !("submitter" in event)) return;
    if (button?.name === "language" && !queue.length) return;
    event.preventDefault();
    if (menu) menu.open = false;
    if (queue.length && form !== say) return;
    const act = actOf(form, button);
    if (act) put(...act);
  });

  // Enter sends where there is a keyboard; on glass it is a new line.
  words?.addEventListener("keydown", (event) => {
    const keyboard = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !keyboard) return;
    event.preventDefault();
    say.requestSubmit();
  });

  addEventListener("click", (event) => menu?.open && !menu.contains(event.target) && (menu.open = false));

  byId("help-link").addEventListener("click", (event) => {
    if (!byId("help").showModal) return;
    event.preventDefault();
    byId("help").showModal();
  });

  // --- reading aloud, with a voice that is on this phone ---------------------------------------------

  const voiceFor = (language) => {
    const wanted = language === "en" ? ["en"] : [language, "nb", "no", "nn"];
    const own = (window.speechSynthesis?.getVoices() ?? []).filter((voice) => voice.localService);
    return wanted.map((code) => own.find((voice) => voice.lang.toLowerCase().startsWith(code))).find(Boolean);
  };

  function addSpeaker(said) {
    if (said.querySelector(".speak") || !voiceFor(said.lang)) return;
    const button = make("t-speak");
    button.addEventListener("click", () => {
      const speech = new SpeechSynthesisUtterance(said.querySelector("p").textContent);
      Object.assign(speech, { voice: voiceFor(said.lang), lang: said.lang });
      speechSynthesis.cancel();
      speechSynthesis.speak(speech);
    });
    said.classList.add("speaks");
    said.append(button);
  }

  const addSpeakers = () => log.querySelectorAll(".said").forEach(addSpeaker);
  window.speechSynthesis?.addEventListener("voiceschanged", addSpeakers);
  addSpeakers();
  log.querySelectorAll(".ticket").forEach(addCopy);
  if (begun && !over) listen();
})();
