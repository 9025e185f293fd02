// a[data-dialog] opens the dialog of the page there above this one; [data-opens] one of this page, by its id.
import { each, enhance, fetched, find, plain } from "./enhance.js";

const FIRST = ".dialog-body :is(input:not([type=hidden], [type=checkbox]), select, textarea)";

async function above(link) {
	try {
		const { answer, page } = await fetched(link.href);
		const found = page.querySelector("dialog.dialog");
		if (!answer.ok || answer.redirected || !found) throw new Error("no dialog");
		const dialog = document.adoptNode(found);
		document.getElementById(dialog.id)?.remove();
		document.body.append(dialog);
		enhance(dialog);
		show(dialog, link);
		dialog.addEventListener("close", () => dialog.remove());
	} catch {
		location.assign(link.href);
	}
}

function show(dialog, from) {
	dialog.removeAttribute("open"); // no `close`: its event would come when it is open again
	dialog.showModal();
	(dialog.querySelector("[autofocus]") ?? dialog.querySelector(FIRST))?.focus(); // not the cross
	dialog.addEventListener("close", () => from?.focus(), { once: true });
}

document.addEventListener("click", (event) => {
	const link = event.target.closest("a[data-dialog]");
	if (link && plain(event)) {
		event.preventDefault();
		return above(link);
	}
	const opener = event.target.closest("[data-opens]");
	if (opener) show(document.getElementById(opener.dataset.opens), opener.closest("details")?.querySelector("summary") ?? opener);
	const dialog = event.target.closest("dialog:modal");
	const beside = event.target === dialog && !dialog.querySelector("form"); // nothing typed is lost
	if (dialog && (beside || event.target.closest("[data-closes]"))) {
		event.preventDefault();
		dialog.close();
	}
});

// one that its page opens, such as the notification after an import
each("dialog[data-opens-itself]", (dialog) => show(dialog, find("h1")));
