// The telephone of the sandbox: words go out while they are typed, in order; the line is looked at after every act.
// Without this script the page has a form for each turn.
(() => {
  "use strict";

  const room = document.querySelector("[data-handset]");
  const speak = document.getElementById("speak");
  if (!room || !speak) {
    return;
  }
  const field = speak.querySelector("[name=text]");
  const token = speak.querySelector("[name=csrfmiddlewaretoken]").value;
  const PAUSE = 250;
  let timer;
  let told = "";
  let queue = Promise.resolve();

  const look = () => window.htmx?.trigger("#line", "look");

  const send = (act, text = "") => {
    const body = new URLSearchParams({ act, text });
    const headers = { "X-CSRFToken": token, "X-Handset": "1" };
    queue = queue.then(() => fetch(speak.action, { method: "POST", body, headers })).catch(() => {});
    return queue;
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const text = field.value.trim();
      if (text && text !== told) {
        told = text;
        send("words", text);
      }
    }, PAUSE);
  });

  // Before the document hears of it: a button here is pressed again and again, and no page is loaded.
  room.addEventListener("submit", (event) => {
    const form = event.target;
    const data = new FormData(form, event.submitter);
    if (!data.has("act")) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(timer);
    const text = String(data.get("text") ?? "").trim();
    if (form === speak) {
      if (!text) {
        return;
      }
      field.value = "";
      told = "";
      field.focus();
    }
    send(data.get("act"), text).then(look);
  });

  let seen = "";
  const show = () => {
    const state = document.getElementById("line")?.dataset.state;
    const talking = state === "talking";
    document.getElementById("other-way")?.toggleAttribute("hidden", talking || state === "ringing");
    const last = document.querySelector("#line .transcript > :last-child");
    if (talking && last && last.textContent !== seen) {
      seen = last.textContent;
      last.scrollIntoView({ block: "nearest" });
    }
    if (speak.hidden === talking) {
      speak.hidden = !talking;
      if (talking) {
        field.focus();
      }
    }
  };
  document.addEventListener("htmx:afterSettle", show);
})();
