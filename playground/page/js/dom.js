// Elements without markup: every text becomes a text node.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...shown(children));
  return element;
}

// What a condition left out is `false`, `null` or `undefined`.
const shown = (children) => children.flat().filter((child) => child !== null && child !== undefined && child !== false);

export function fill(element, ...children) {
  element.replaceChildren(...shown(children));
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  down: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.500 4.500L19 7.500",
  more: "M12 5.500h.01M12 12h.01M12 18.500h.01",
  menu: "M4 7h16M4 12h16M4 17h10",
  attach: "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.600-8.600a3.300 3.300 0 0 1 4.700 4.700l-8.500 8.500a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600",
  keys: "M3 6.500h18v11H3zM7 10h.01M10.300 10h.01M13.700 10h.01M17 10h.01M8 14h8",
  send: "M5 12h13M12.500 6l6 6-6 6",
  outside: "M9 7h8v8M17 7L7 17",
  copy: "M9 9h10v10H9zM5 15V5h10",
  silent: "M6 9.500a6 6 0 0 1 9-5.200M18 10v4.500l1.500 2.500H8M10.500 20h3M4 4l16 16",
  file: "M7 3.500h7l4 4v13H7zM14 3.500v4h4",
  log: "M5 6h14M5 12h14M5 18h8",
  back: "M15 5l-7 7 7 7",
  mail: "M3.500 6h17v12.500h-17zM4 6.500l8 6.500 8-6.500",
  again: "M5 12a7 7 0 1 0 2.300-5.200M5 4v4h4",
  block: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM6 6l12 12",
  add: "M12 5v14M5 12h14",
};

export function icon(name, size = 20) {
  const image = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const looks = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: `icon icon-${name}` };
  for (const [key, value] of Object.entries(looks)) image.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  image.append(path);
  return image;
}

export function hidden(text) {
  return h("span", { class: "visually-hidden" }, text);
}

export function iconButton(name, label, onclick, attributes = {}) {
  const { class: more = "", ...others } = attributes;
  const looks = { type: "button", class: `icon-button ${more}`, "aria-label": label, title: label, onclick, ...others };
  return h("button", looks, icon(name));
}
