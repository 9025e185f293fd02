// Keys of one letter, which the reader can switch off.
import { each, find } from "./enhance.js";
import { leave } from "./swap.js";

const OFF = "esim-keys-off";
let kept = {};
try { kept = localStorage; } catch { /* nothing is stored here: for this page only */ }

each("[data-keys-switch]", (box) => {
	box.checked = kept[OFF] !== "1";
	box.addEventListener("change", () => { kept[OFF] = box.checked ? "0" : "1"; });
});

const here = () => find("tr.at") ?? find("tr:target");

function step(by) {
	const all = [...document.querySelectorAll(".region tbody tr")];
	const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(here()) + by))];
	if (!next) return;
	document.querySelectorAll("tr.at").forEach((row) => row.classList.remove("at"));
	next.classList.add("at");
	(next.querySelector("th a, td a") ?? next).focus({ preventScroll: true });
	next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
	"/": () => find("[data-find]")?.focus(),
	"?": () => find('[data-opens="keys"]')?.click(),
	j: () => step(1),
	k: () => step(-1),
	x: () => here()?.querySelector(".pick input")?.click(),
	Enter: (event) => {
		const row = here();
		if (!row?.dataset.href || event.target.closest("button, summary, input, a:not(tr.at th a)")) return false;
		leave(row);
	},
	Escape: () => {
		const menu = find("details[data-menu][open]");
		if (menu) {
			menu.open = false;
			menu.querySelector("summary").focus();
		} else find("[data-back]")?.click();
	},
};

document.addEventListener("keydown", (event) => {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
	if (find("dialog:modal, [popover]:popover-open")) return;
	const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
	if (typing && event.key === "Escape") return typing.closest("[data-menu]") ? KEYS.Escape() : typing.blur();
	if (typing || (event.key.length === 1 && kept[OFF] === "1")) return;
	const act = KEYS[event.key];
	if (act && act(event) !== false) event.preventDefault();
});
