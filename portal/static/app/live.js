// A part asked for again until data-live is gone.
import { each, fetched } from "./enhance.js";
import { put } from "./swap.js";

function follow(part) {
	const every = Number(part.dataset.every || 5);
	let tag = part.dataset.tag || null;
	let wait = every;

	async function ask() {
		if (!part.isConnected) return;
		if (inUse()) return later();
		if (document.hidden) return document.addEventListener("visibilitychange", ask, { once: true });
		try {
			const { answer, page } = await fetched(part.dataset.live, tag ? { "If-None-Match": tag } : {});
			if (answer.redirected || answer.status === 404) return;
			wait = answer.ok || answer.status === 304 ? every : Math.min(wait * 2, 60);
			tag = answer.headers.get("ETag") ?? tag;
			const fresh = answer.ok && page?.getElementById(part.id);
			if (fresh && (fresh.innerHTML !== part.innerHTML || !fresh.dataset.live)) return renew(document.adoptNode(fresh));
		} catch {
			wait = Math.min(wait * 2, 60);
		}
		later();
	}

	const later = () => setTimeout(ask, wait * 1000);

	// what is typed or uploaded there stays
	function inUse() {
		const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea")];
		return part.querySelector("form.busy") || fields.some((field) => field.value !== field.defaultValue);
	}

	function renew(fresh) {
		put(part, fresh);
		if (fresh.dataset.live) follow(fresh);
	}

	later();
}

each("[data-live]", follow);
