// A chosen file is sent, the answer shown in place.
import { each, enhance, find } from "./enhance.js";

each("[data-upload]", (form) => {
	const { dataset: words, elements: { file: field } } = form;
	const part = (selector) => form.querySelector(selector);
	const bar = part("progress");

	function idle(busy = false) {
		form.classList.toggle("busy", busy);
		part(".progress").hidden = !busy;
		if (!busy) field.value = "";
	}

	function fail(sentence, name = "") {
		part(".error").replaceChildren(...[name, sentence].filter(Boolean).map((text) => {
			const line = document.createElement("p");
			line.textContent = text;
			return line;
		}));
		if (name) Object.assign(part(".error p"), { className: "error-file", dir: "auto" });
		part(".error").hidden = false;
		idle();
		field.setAttribute("aria-invalid", "true");
		field.focus();
	}

	function upload([file, another]) {
		if (!file || form.classList.contains("busy")) return;
		if (another) return fail(words.oneFile);
		if (file.size > Number(words.limit)) return fail(words.tooLarge, file.name);
		const body = new FormData(form);
		body.set("file", file, file.name);
		idle(true);
		part(".error").hidden = true;
		field.removeAttribute("aria-invalid");
		part(".progress-name").textContent = file.name;
		bar.value = 0;
		part("[data-cancel]").focus();
		send(body, file.name);
	}

	function send(body, name) {
		const state = part(".progress-state");
		const request = new XMLHttpRequest();
		const lost = () => fail(words.failed, name);
		state.textContent = words.uploading;
		request.open("POST", form.action);
		request.responseType = "document";
		request.setRequestHeader("Accept", "text/html");
		request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
			if (!lengthComputable) return;
			bar.value = Math.floor((loaded / total) * 100);
			state.textContent = `${words.uploading} · ${bar.value} %`;
		});
		request.upload.addEventListener("load", () => {
			bar.removeAttribute("value");
			state.textContent = words.reading;
		});
		request.addEventListener("load", () => {
			if (!request.response?.querySelector("main")) return lost();
			if (request.responseURL !== form.action) history.pushState(null, "", request.responseURL);
			show(request.response);
		});
		request.addEventListener("error", lost);
		request.addEventListener("abort", () => {
			idle();
			field.focus();
		});
		part("[data-cancel]").onclick = () => request.abort();
		request.send(body);
	}

	field.addEventListener("change", () => upload(field.files));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		upload(field.files);
	});
	const zone = part(".zone");
	zone.ondragover = () => zone.classList.add("over");
	zone.ondragleave = () => zone.classList.remove("over");
	zone.ondrop = (event) => {
		zone.ondragleave();
		upload(event.dataTransfer.files);
	};
});

function show(page) {
	document.title = page.title;
	const main = document.adoptNode(page.querySelector("main"));
	find("main").replaceWith(main);
	enhance(main);
	scrollTo(0, 0);
	(main.querySelector("[aria-invalid]") || main.querySelector("h1")).focus();
	main.querySelector(".error:not([hidden])")?.scrollIntoView({ block: "center" });
}

// a file beside the zone must not open
for (const kind of ["dragover", "drop"]) {
	document.addEventListener(kind, (event) => {
		if (find("[data-upload]")) event.preventDefault();
	});
}
