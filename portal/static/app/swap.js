// Filters and sort links (data-swap) fetch the page and swap its region (data-region).
import { each, enhance, fetched, find, plain, say } from "./enhance.js";

const PATIENCE = 250;
const HEAD = ".head > .actions";
const TYPED = "input[type=search], input[type=text]";
let latest = null;

async function swap(name, address) {
	const region = find(`[data-region="${name}"]`);
	latest?.abort();
	latest = new AbortController();
	region.setAttribute("aria-busy", "true");
	try {
		const { answer, page } = await fetched(address, {}, latest.signal);
		const fresh = page?.querySelector(`[data-region="${name}"]`);
		if (!answer.ok || answer.redirected || !fresh) throw new Error("not the list");
		put(region, document.adoptNode(fresh));
		find(HEAD)?.replaceWith(page.querySelector(HEAD) ?? "");
		document.title = page.title;
		history.replaceState(history.state, "", address);
	} catch (failure) {
		if (failure.name !== "AbortError") location.assign(address);
	}
}

// replaces a part: what is open, typed and focused stays so
export function put(region, fresh) {
	const old = region.contains(document.activeElement) ? document.activeElement : null;
	const from = old?.matches(TYPED) ? old.selectionStart : null;
	const open = [...region.querySelectorAll("details[open][id]")].map((details) => details.id);
	region.replaceWith(fresh);
	for (const id of open) document.getElementById(id)?.setAttribute("open", "");
	enhance(fresh);
	const again = old?.id && document.getElementById(old.id);
	if (again) {
		if (from !== null) {
			again.value = old.value; // also what was typed meanwhile
			again.setSelectionRange(from, from);
		}
		again.focus({ preventScroll: true });
	}
	say(fresh);
}

function asked(form) {
	const address = new URL(form.action);
	address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
	return address.href;
}

each("form[data-swap]", (form) => {
	let timer = 0;
	const go = (after) => {
		clearTimeout(timer);
		timer = setTimeout(() => swap(form.dataset.swap, asked(form)), after);
	};
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		go(0);
	});
	form.addEventListener("input", (event) => go(event.target.matches(TYPED) ? PATIENCE : 0));
});

document.addEventListener("click", (event) => {
	const link = event.target.closest("a[data-swap]");
	if (!link || !plain(event)) return;
	event.preventDefault();
	swap(link.dataset.swap, link.href);
});

// a click on an empty area of a row opens it
document.addEventListener("click", (event) => {
	const row = event.target.closest("tr[data-href]");
	const empty = !event.target.closest("a, button, input, label, summary, select");
	if (row && empty && plain(event) && !String(getSelection())) leave(row);
});

export function leave(row) {
	if (row.id) history.replaceState(history.state, "", `#${row.id}`); // Back comes to this row
	location.assign(row.dataset.href);
}

// one box ticks all rows; how many are ticked, in words
each("[data-all]", (all) => {
	const boxes = () => [...all.closest("table").querySelectorAll("tbody .pick input")];
	const words = all.closest(".region").querySelector("[data-chosen]");
	const none = words?.textContent;
	const tell = () => {
		const chosen = boxes().filter((box) => box.checked).length;
		all.checked = chosen > 0 && chosen === boxes().length;
		all.indeterminate = chosen > 0 && !all.checked;
		if (words) words.textContent = chosen ? words.dataset.chosen.replace("{number}", chosen) : none;
	};
	all.addEventListener("change", () => {
		for (const box of boxes()) box.checked = all.checked;
		tell();
	});
	all.closest("table").addEventListener("change", tell);
	tell();
});
