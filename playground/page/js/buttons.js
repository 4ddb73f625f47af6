// Inline keyboards.

import { h, hidden, icon } from "./dom.js";
import { safeAddress } from "./entities.js";

const PATIENCE = 15000;

export function inlineKeyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const drawn = rows.map((row) => h("div", { class: "key-row" }, ...row.map((raw) => button(message, raw, actions))));
  return h("div", { class: "inline-keys", role: "group", "aria-label": "Кнопки под сообщением" }, ...drawn);
}

const marked = (raw) => raw.callback_data ?? raw.url ?? raw.text;
const looks = (raw) => `key ${raw.style ? `key-${raw.style}` : ""}`;

function button(message, raw, actions) {
  if ("url" in raw) return outside(raw, actions);
  const onclick = effect(message, raw, actions);
  const attributes = {
    type: "button",
    class: looks(raw),
    "data-mark": marked(raw),
    "aria-disabled": onclick ? null : "true",
    onclick: (event) => onclick?.(event.currentTarget),
  };
  return h("button", attributes, h("span", {}, raw.text), "copy_text" in raw && icon("copy", 14));
}

function effect(message, raw, actions) {
  if ("callback_data" in raw) return (element) => tap(element, message, raw, actions);
  if ("copy_text" in raw) return () => actions.copy(raw.copy_text.text);
  // A phone asks into which chat; here there is one.
  const query = ["switch_inline_query_current_chat", "switch_inline_query"].find((name) => name in raw);
  if (query) return () => actions.insert(raw[query]);
  return null;
}

function outside(raw, actions) {
  const onclick = (event) => {
    if (actions.follow(raw.url)) event.preventDefault();
  };
  const address = safeAddress(raw.url);
  return h(
    "a",
    { class: looks(raw), href: address, target: "_blank", rel: "noopener noreferrer", "data-mark": marked(raw), onclick },
    h("span", {}, raw.text),
    hidden(" (откроется ссылка)"),
    icon("outside", 14),
  );
}

function tap(element, message, raw, actions) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  setTimeout(() => element.removeAttribute("aria-busy"), PATIENCE);
  actions.tap(message.message_id, raw.callback_data).then((taken) => {
    if (!taken) element.removeAttribute("aria-busy");
  });
}

export function settle(row, data) {
  for (const element of row?.querySelectorAll(".key") ?? []) {
    if (element.dataset.mark === data) element.removeAttribute("aria-busy");
  }
}
