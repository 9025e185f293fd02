// Progressive enhancement: every page works without JavaScript. Nothing is loaded from other sites or stored.
import { each, enhance } from "./app/enhance.js";
import "./app/upload.js";

document.documentElement.classList.add("js");

// --- the notification's window, and buttons that copy

function enhanceWindow(dialog) {
  const again = document.querySelector(`[data-opens="${dialog.id}"]`);
  dialog.close();
  dialog.showModal();
  again.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("close", () => {
    again.hidden = false;
    again.focus();
  });
}

function enhanceCopy(button) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2000);
    } catch {
      window.getSelection().selectAllChildren(source);
    }
  });
}

each("dialog[open]", enhanceWindow);
if (navigator.clipboard) each("[data-copy]", enhanceCopy);
enhance(document);
