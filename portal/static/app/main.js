// Each page works without script; nothing is loaded from other sites.
import "./copy.js";
import "./dialog.js";
import "./keys.js";
import "./live.js";
import { enhance } from "./enhance.js";
import "./swap.js";
import "./upload.js";

document.documentElement.classList.add("js");
enhance(document);

// a menu closes when it is left
for (const kind of ["click", "focusin"]) {
	document.addEventListener(kind, (event) => {
		for (const menu of document.querySelectorAll("details[data-menu][open]")) {
			if (!menu.contains(event.target)) menu.open = false;
		}
	});
}
