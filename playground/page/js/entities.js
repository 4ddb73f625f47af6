// A text with its entities as nodes. Offsets count UTF-16 units, as JavaScript's strings do.

import { h } from "./dom.js";

const OUTER_FIRST = ["blockquote", "expandable_blockquote", "pre", "text_link", "url", "spoiler"];
const BLOCKS = new Set(OUTER_FIRST.slice(0, 3));
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

// `actions` has command(text) and follow(url): what a tap on a command or link does; follow tells whether it was ours.
export function formatted(text, entities, actions) {
  return part(text, 0, text.length, [...(entities ?? [])].sort(outerFirst), actions);
}

function outerFirst(one, other) {
  const rank = ({ type }) => (OUTER_FIRST.indexOf(type) + 1 || OUTER_FIRST.length + 1);
  return one.offset - other.offset || other.length - one.length || rank(one) - rank(other);
}

// Entities may overlap; what sticks out of the first one goes on behind it.
function part(text, begin, end, entities, actions) {
  const nodes = [];
  let at = begin;
  const waiting = [...entities];
  while (waiting.length) {
    const first = waiting.shift();
    const from = Math.max(first.offset, at);
    const to = Math.min(first.offset + first.length, end);
    if (from >= to) continue;
    const inside = waiting.filter((other) => other.offset < to);
    const beyond = waiting.filter((other) => other.offset + other.length > to);
    waiting.splice(0, waiting.length, ...beyond);
    if (at < from) nodes.push(text.slice(at, from));
    const words = text.slice(from, to);
    nodes.push(element(first, words, part(text, from, to, inside, actions), actions));
    at = BLOCKS.has(first.type) && text[to] === "\n" ? to + 1 : to; // a block ends its line by itself
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function element(entity, words, children, actions) {
  switch (entity.type) {
    case "pre":
      return h("pre", { "data-language": entity.language }, h("code", {}, ...children));
    case "spoiler":
      return spoiler(children);
    case "blockquote":
      return h("blockquote", {}, ...children);
    case "expandable_blockquote":
      return folded(words, children);
    case "text_link":
      return link(entity.url, children, actions);
    case "url":
      return link(words.includes("://") ? words : `https://${words}`, children, actions);
    case "email":
      return link(`mailto:${words}`, children, actions);
    case "phone_number":
      return link(`tel:${words}`, children, actions);
    case "bot_command":
      return h("button", { type: "button", class: "command", onclick: () => actions.command(words) }, ...children);
    case "mention":
    case "hashtag":
    case "cashtag":
    case "text_mention":
      return h("span", { class: "mention" }, ...children);
    default:
      return h(TAGS[entity.type] ?? "span", {}, ...children);
  }
}

// An address that a page could run, like javascript:, stays words.
export function safeAddress(raw) {
  try {
    const address = new URL(raw.includes(":") ? raw : `https://${raw}`);
    return SAFE.has(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

function link(raw, children, actions) {
  const address = safeAddress(raw);
  if (!address) return h("span", {}, ...children);
  const onclick = (event) => {
    if (actions.follow(address)) event.preventDefault();
  };
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address, onclick }, ...children);
}

function spoiler(children) {
  const shown = h("span", { class: "revealed", tabindex: "-1" });
  const reveal = () => {
    shown.append(...children);
    cover.replaceWith(shown);
    shown.focus();
  };
  const words = children.map((child) => child.textContent ?? child).join("");
  const cover = h(
    "button",
    { type: "button", class: "spoiler", "aria-label": "Скрытый текст: показать", onclick: reveal },
    h("span", { "aria-hidden": "true" }, words),
  );
  return cover;
}

function folded(words, children) {
  const quote = h("blockquote", { class: "folded" }, h("div", { class: "quoted" }, ...children));
  if (words.length < 120 && words.split("\n").length <= 3) {
    quote.classList.remove("folded");
    return quote;
  }
  const toggle = h("button", { type: "button", class: "unfold", "aria-expanded": "false" }, "Показать целиком");
  toggle.addEventListener("click", () => {
    const open = !quote.classList.toggle("folded");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Свернуть" : "Показать целиком";
  });
  quote.append(toggle);
  return quote;
}
