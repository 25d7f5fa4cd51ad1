// Keeps the application form as it is written, a second after the last key. Without it "Lagre" does the same.
"use strict";

(() => {
  const form = document.getElementById("apply"), status = document.getElementById("status");
  if (!form) return;
  const versions = document.querySelectorAll("[name=version]");
  // Where others were faster, what stands here is kept by a button alone: it takes the place of theirs.
  let waiting = null, stopped = !form.dataset.save, settled = false, pending = Promise.resolve();

  async function save() {
    if (stopped) return;
    const sent = new FormData(form);
    sent.delete("budget_file");
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body: sent, credentials: "same-origin" });
      if (answer.status === 409) stopped = true;
      if (!answer.ok) throw new Error(answer.status);
      const { version } = await answer.json();
      for (const each of versions) each.value = version;
      status.textContent = form.dataset.saved;
    } catch {
      status.textContent = stopped ? form.dataset.changed : form.dataset.unsaved;
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => { pending = pending.then(save); }, 1000);
  });
  // A button must not be faster than what is being kept: both would change the same version.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (settled) return;
    event.preventDefault();
    const again = () => { settled = stopped = true; form.requestSubmit(event.submitter); };
    pending.then(() => setTimeout(again));  // while this event lasts, a form can not be sent anew
  });
  (document.getElementById("reasons") || document.getElementById("done"))?.focus();
})();
