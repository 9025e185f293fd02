// Progressive enhancement: every page works without JavaScript. Nothing is loaded from other sites or stored.
"use strict";

(() => {
  document.documentElement.classList.add("js");

  // --- uploading: choosing or dropping a file sends it, with its progress, and shows the answer in place

  function fail(form, sentence, name = "") {
    const error = form.querySelector(".error");
    const lines = [name, sentence].filter(Boolean).map((text) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = text;
      return paragraph;
    });
    if (name) {
      lines[0].className = "error-file";
      lines[0].dir = "auto";
    }
    error.replaceChildren(...lines);
    error.hidden = false;
    idle(form);
    form.elements.file.setAttribute("aria-invalid", "true");
    form.elements.file.focus();
  }

  function idle(form) {
    form.classList.remove("busy");
    form.querySelector(".progress").hidden = true;
    form.elements.file.value = "";
  }

  function busy(form, file) {
    form.classList.add("busy");
    form.querySelector(".error").hidden = true;
    form.elements.file.removeAttribute("aria-invalid");
    form.querySelector(".progress").hidden = false;
    form.querySelector(".progress-name").textContent = file.name;
    form.querySelector("progress").value = 0;
    form.querySelector(".progress-state").textContent = form.dataset.uploading;
    form.querySelector("[data-cancel]").focus();
  }

  function upload(form, files) {
    if (files.length === 0 || form.classList.contains("busy")) return;
    if (files.length > 1) return fail(form, form.dataset.oneFile);
    const file = files[0];
    if (file.size > Number(form.dataset.limit)) return fail(form, form.dataset.tooLarge, file.name);
    const body = new FormData();
    body.append("file", file, file.name);
    busy(form, file);
    send(form, body, file.name);
  }

  function send(form, body, name) {
    const bar = form.querySelector("progress");
    const state = form.querySelector(".progress-state");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      bar.value = percent;
      state.textContent = `${form.dataset.uploading} · ${percent} %`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      state.textContent = form.dataset.reading;
    });
    request.addEventListener("load", () => {
      if (request.response && request.response.querySelector("main")) show(request.response);
      else fail(form, form.dataset.failed, name);
    });
    request.addEventListener("error", () => fail(form, form.dataset.failed, name));
    request.addEventListener("abort", () => {
      idle(form);
      form.elements.file.focus();
    });
    form.querySelector("[data-cancel]").onclick = () => request.abort();
    request.send(body);
  }

  function show(page) {
    document.title = page.title;
    const main = document.adoptNode(page.querySelector("main"));
    document.querySelector("main").replaceWith(main);
    enhance(main);
    window.scrollTo(0, 0);
    (main.querySelector("[aria-invalid]") || main.querySelector("h1")).focus();
    main.querySelector(".error:not([hidden])")?.scrollIntoView({ block: "center" });
  }

  function enhanceUpload(form) {
    const field = form.elements.file;
    const zone = form.querySelector(".zone");
    field.addEventListener("change", () => upload(form, field.files));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      upload(form, field.files);
    });
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, () => zone.classList.add("over"));
    }
    for (const kind of ["dragleave", "drop"]) {
      zone.addEventListener(kind, () => zone.classList.remove("over"));
    }
    zone.addEventListener("drop", (event) => upload(form, event.dataTransfer.files));
  }

  // a file that misses the zone must not open in place of the page
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (document.querySelector("[data-upload]")) event.preventDefault();
    });
  }

  // --- the notification's window, buttons that copy, forms that are sent once

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

  function enhanceOnce(form) {
    const buttons = () => document.querySelectorAll(`button[form="${form.id}"], form[data-once] button`);
    form.addEventListener("submit", () => {
      setTimeout(() => buttons().forEach((button) => { button.disabled = true; }));
    });
    window.addEventListener("pageshow", () => buttons().forEach((button) => { button.disabled = false; }));
  }

  function enhance(part) {
    part.querySelectorAll("[data-upload]").forEach(enhanceUpload);
    part.querySelectorAll("dialog[open]").forEach(enhanceWindow);
    part.querySelectorAll("form[data-once]").forEach(enhanceOnce);
    if (navigator.clipboard) part.querySelectorAll("[data-copy]").forEach(enhanceCopy);
  }

  document.addEventListener("DOMContentLoaded", () => enhance(document));
})();
