// Buttons that copy a text: hidden until here.
import { each, say } from "./enhance.js";

each("[data-copy-text]", (button) => {
	if (!navigator.clipboard) return;
	button.hidden = false;
	const words = button.getAttribute("aria-label");
	button.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(button.dataset.copyText);
		} catch {
			return; // the text itself can be selected
		}
		button.classList.add("done");
		button.setAttribute("aria-label", button.dataset.copied);
		say(button.dataset.copied);
		setTimeout(() => {
			button.classList.remove("done");
			button.setAttribute("aria-label", words);
		}, 2000);
	});
});
