// Listening to a call: moments and times seek, the drawing shows where we are. Without this the links open the browser's own player.
(() => {
  "use strict";

  const player = document.querySelector("[data-player]");
  const audio = player && player.querySelector("audio");
  if (!audio) {
    return;
  }
  const track = player.querySelector("[data-track]");
  const playhead = player.querySelector("[data-playhead]");
  const trouble = player.querySelector("[data-player-error]");
  const turns = [...document.querySelectorAll(".transcript [data-seek]")];

  const listenFrom = (second) => {
    audio.currentTime = second;
    audio.play().catch(() => {});
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      listenFrom(Number(link.dataset.seek));
    }
  });

  const total = () => (Number.isFinite(audio.duration) ? audio.duration : Number(track.dataset.seconds));

  if (track) {
    track.addEventListener("click", (event) => {
      const box = track.getBoundingClientRect();
      listenFrom(((event.clientX - box.left) / box.width) * total());
    });
  }

  const show = () => {
    if (track && playhead) {
      const x = String(Math.min(1000, (audio.currentTime / total()) * 1000));
      playhead.removeAttribute("hidden");
      playhead.setAttribute("x1", x);
      playhead.setAttribute("x2", x);
    }
    const reached = turns.filter((link) => Number(link.dataset.seek) <= audio.currentTime);
    for (const link of turns) {
      link.closest(".turn").classList.toggle("sounding", link === reached.at(-1) && !audio.paused);
    }
  };
  for (const name of ["timeupdate", "seeked", "play", "pause", "ended"]) {
    audio.addEventListener(name, show);
  }

  audio.addEventListener("error", () => trouble.removeAttribute("hidden"));
  audio.addEventListener("playing", () => trouble.setAttribute("hidden", ""));
})();
