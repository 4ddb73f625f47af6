// One message as a row of the conversation.

import { api } from "./api.js";
import { inlineKeyboard } from "./buttons.js";
import { h, hidden, icon } from "./dom.js";
import { formatted } from "./entities.js";
import * as words from "./words.js";

const WIDEST = 340;
const TALLEST = 360;

export function drawRow(message, actions) {
  const row = h("li", { class: `row ${message.from_bot ? "in" : "out"}`, tabindex: "-1", "data-id": message.message_id });
  fillRow(row, message, actions);
  return row;
}

// Focus stays on the button it was on; where that is gone it stays on the message, so that no key press hits another.
export function refillRow(row, message, actions) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused?.dataset.mark;
  row.replaceChildren();
  fillRow(row, message, actions);
  row.classList.remove("arriving");
  row.classList.add("changed");
  row.addEventListener("animationend", () => row.classList.remove("changed"), { once: true });
  if (!focused) return;
  const same = [...row.querySelectorAll("[data-mark]")].find((element) => element.dataset.mark === mark);
  (same ?? row).focus({ preventScroll: true });
}

function fillRow(row, message, actions) {
  const text = message.text ?? message.caption ?? "";
  const bubble = h(
    "div",
    { class: `bubble ${message.photo ? "with-photo" : ""}` },
    hidden(message.from_bot ? "Бот: " : "Вы: "),
    message.via_bot && h("span", { class: "via" }, `через @${message.via_bot.username}`),
    message.reply_to_message && reply(message.reply_to_message),
    ...attachments(message, actions),
    text &&
      h("span", { class: "text", dir: "auto" }, ...formatted(text, message.entities ?? message.caption_entities, actions)),
    meta(message),
  );
  row.append(bubble);
  const keys = inlineKeyboard(message, actions);
  if (keys) row.append(keys);
}

function meta(message) {
  return h(
    "span",
    { class: "meta" },
    message.silent && h("span", { class: "silent", title: "Без звука" }, icon("silent", 13), hidden("без звука, ")),
    message.edit_date && h("span", { class: "edited" }, "изменено "),
    h("time", { datetime: words.machineTime(message.date) }, words.time(message.date)),
  );
}

function reply(message) {
  return h("div", { class: "reply" }, hidden("В ответ на: "), summary(message));
}

function attachments(message, actions) {
  const parts = [];
  if (message.photo) parts.push(photo(message, actions));
  if (message.document) parts.push(document_(message));
  if (message.sticker) parts.push(h("span", { class: "sticker", role: "img", "aria-label": "Стикер" }, message.sticker.emoji ?? "🙂"));
  if (message.voice) parts.push(h("span", { class: "other" }, `🎙 Голосовое сообщение, ${message.voice.duration} с`));
  if (message.contact) parts.push(h("span", { class: "other" }, `👤 ${words.fullName(message.contact)}, ${message.contact.phone_number}`));
  if (message.location) parts.push(h("span", { class: "other" }, `📍 ${message.location.latitude}, ${message.location.longitude}`));
  return parts;
}

function photo(message, actions) {
  const { file_id: fileId, width, height } = message.photo.at(-1);
  const address = api.fileAddress(message.chat.id, fileId);
  const image = h("img", { src: address, width, height, alt: "", loading: "lazy", decoding: "async" });
  const label = `Открыть изображение${message.caption ? `: ${message.caption.slice(0, 80)}` : ""}`;
  const open = () => actions.picture(address, message.caption ?? "Изображение");
  const button = h("button", { type: "button", class: "photo", "aria-label": label, "data-mark": "photo", onclick: open }, image);
  // The room is taken before the picture comes, so that nothing moves when it does.
  button.style.setProperty("--photo-width", `${Math.round(width * Math.min(1, WIDEST / width, TALLEST / height))}px`);
  return button;
}

function document_(message) {
  const { file_id: fileId, file_name: name, file_size: bytes } = message.document;
  return h(
    "a",
    { class: "document", href: api.fileAddress(message.chat.id, fileId), target: "_blank", rel: "noopener", "data-mark": "file" },
    h("span", { class: "document-icon" }, icon("file", 22)),
    h("span", { class: "document-name" }, h("bdi", {}, name), h("small", {}, `${words.size(bytes)}, открыть файл`)),
  );
}

const KINDS = { photo: "🖼 Изображение", document: "📎 Файл", sticker: "Стикер", voice: "🎙 Голосовое сообщение", contact: "👤 Контакт", location: "📍 Место" };

export function summary(message, length = 120) {
  const kind = Object.keys(KINDS).find((name) => name in message);
  const text = (message.text ?? message.caption ?? "").replace(/\s+/gu, " ");
  const whole = [kind && (message.document?.file_name ?? KINDS[kind]), text].filter(Boolean).join(": ");
  return whole.length > length ? `${whole.slice(0, length - 1)}…` : whole;
}
