// What appears over the conversation: toasts, alerts, a push from another chat, and words for screen readers.

import { h } from "./dom.js";

const SHORTEST = 3500;
const PER_LETTER = 60;
const PUSH_STAYS = 8000;

export class Notices {
  constructor() {
    this.toasts = h("div", { class: "toasts", role: "status" });
    this.spoken = h("div", { class: "visually-hidden", role: "log", "aria-live": "polite", "aria-label": "Новые сообщения" });
    this.pushes = h("div", { class: "pushes" });
    this.element = h("div", { class: "notices" }, this.pushes, this.toasts, this.spoken);
  }

  toast(text, { failed = false } = {}) {
    const toast = h("p", { class: `toast ${failed ? "failed" : ""}`, dir: "auto" }, text);
    this.toasts.append(toast);
    setTimeout(() => toast.remove(), Math.max(SHORTEST, PER_LETTER * text.length));
  }

  clear() {
    this.toasts.replaceChildren();
    this.pushes.replaceChildren();
    this.spoken.replaceChildren();
  }

  say(text) {
    this.spoken.append(h("p", {}, text));
    while (this.spoken.children.length > 5) this.spoken.firstChild.remove();
  }

  // Somebody whose phone is not on screen got a message: one press shows it.
  push(name, text, open) {
    clearTimeout(this.pushLeaves);
    const leave = () => this.pushes.replaceChildren();
    const onclick = () => {
      leave();
      open();
    };
    const banner = h(
      "button",
      { type: "button", class: "push", "aria-label": `${name}: новое сообщение. ${text}`, onclick },
      h("strong", { dir: "auto" }, name),
      h("span", { dir: "auto" }, text),
    );
    this.pushes.replaceChildren(banner);
    this.say(`${name}: новое сообщение`);
    const later = () => {
      if (banner.matches(":hover, :focus")) this.pushLeaves = setTimeout(later, 1000);
      else leave();
    };
    this.pushLeaves = setTimeout(later, PUSH_STAYS);
  }
}

let dialogs = 0;

// A modal dialog in the middle of `phone`; resolves with the value of the button that closed it.
export function ask(phone, { title, body, buttons, className = "" }) {
  dialogs += 1;
  const id = `dialog-${dialogs}`;
  const rows = buttons.map(({ label, value, kind = "" }) =>
    h("button", { type: "submit", value, class: `button ${kind}`, formnovalidate: value === "" }, label),
  );
  const dialog = h(
    "dialog",
    { class: `dialog ${className}`, "aria-labelledby": id },
    h("form", { method: "dialog" }, h("h2", { id }, title), ...[body].flat(), h("div", { class: "dialog-buttons" }, ...rows)),
  );
  phone.append(dialog);
  place(dialog, phone);
  dialog.showModal();
  (dialog.querySelector("input") ?? rows.at(-1)).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const answers = Object.fromEntries(new FormData(dialog.firstChild));
      dialog.remove();
      resolve({ value: dialog.returnValue, answers });
    });
  });
}

function place(dialog, phone) {
  const { left, width } = phone.getBoundingClientRect();
  dialog.style.setProperty("--middle", `${left + width / 2}px`);
  dialog.style.setProperty("--room", `${Math.min(width, 420)}px`);
}

export async function alert(phone, text) {
  const body = h("p", { class: "dialog-text", dir: "auto" }, text);
  await ask(phone, { title: "Сообщение бота", body, buttons: [{ label: "Понятно", value: "ok", kind: "strong" }] });
}

export function showPicture(address, caption) {
  const image = h("img", { src: address, alt: caption });
  const close = h("button", { type: "submit", class: "button" }, "Закрыть");
  const dialog = h(
    "dialog",
    { class: "picture", "aria-label": "Изображение" },
    h("form", { method: "dialog" }, image, h("p", { dir: "auto" }, caption), close),
  );
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  close.focus();
}
