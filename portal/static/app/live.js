// A part asked for again while its order or job goes on: until data-live is gone.
import { each, enhance, fetched, say } from "./enhance.js";

function follow(part) {
  const every = Number(part.dataset.every || 5);
  let tag = part.dataset.tag || null;
  let wait = every;

  async function ask() {
    if (!part.isConnected) return;
    if (inUse()) return setTimeout(ask, wait * 1000);
    if (document.hidden) return document.addEventListener("visibilitychange", ask, { once: true });
    try {
      const { answer, page } = await fetched(part.dataset.live, tag ? { "If-None-Match": tag } : {});
      if (answer.redirected || answer.status === 404) return;
      wait = answer.ok || answer.status === 304 ? every : Math.min(wait * 2, 60);
      tag = answer.headers.get("ETag") ?? tag;
      const fresh = answer.ok && page?.getElementById(part.id);
      if (fresh && (fresh.innerHTML !== part.innerHTML || !fresh.dataset.live)) return put(document.adoptNode(fresh));
    } catch {
      wait = Math.min(wait * 2, 60);
    }
    setTimeout(ask, wait * 1000);
  }

  // what is typed or uploaded there stays
  function inUse() {
    const typed = [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
    return typed || part.querySelector("form.busy");
  }

  function put(fresh) {
    const focused = part.contains(document.activeElement) && document.activeElement.id;
    part.replaceWith(fresh);
    enhance(fresh);
    if (fresh.dataset.live) follow(fresh);
    if (focused) document.getElementById(focused)?.focus();
    say(fresh);
  }

  setTimeout(ask, wait * 1000);
}

each("[data-live]", follow);
