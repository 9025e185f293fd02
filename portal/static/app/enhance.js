// Each part runs on the page, and on what is fetched into it.
const parts = [];

export const find = (selector) => document.querySelector(selector);

export function each(selector, make) {
	parts.push([selector, make]);
}

export function enhance(root) {
	for (const [selector, make] of parts) root.querySelectorAll(selector).forEach(make);
}

export async function fetched(address, headers = {}, signal = null) {
	const answer = await fetch(address, { headers: { Accept: "text/html", ...headers }, signal });
	const page = answer.status === 304 ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
	return { answer, page };
}

// tells screen readers what changed: a sentence, or the part of a page that says it
export function say(words) {
	const said = typeof words === "string" ? words : words.querySelector("[data-said]")?.textContent.trim();
	const voice = document.getElementById("voice");
	if (said && voice) voice.textContent = said;
}

export const plain = (event) => !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

each("[data-prints]", (button) => { button.onclick = () => print(); });

each("[data-needs-script]", (element) => { element.hidden = false; });

// sent once
each("form[data-once]", (form) => {
	const rest = (disabled) => {
		for (const field of form.elements) if (field.type === "submit") field.disabled = disabled;
	};
	form.addEventListener("submit", () => setTimeout(rest, 0, true));
	window.addEventListener("pageshow", () => rest(false));
});
