// Dates, sizes and names as Russian readers expect them.

const TIME = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const SECONDS = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", year: "numeric" });
const PLURAL = new Intl.PluralRules("ru");
const NUMBER = new Intl.NumberFormat("ru", { maximumFractionDigits: 1 });

const asDate = (seconds) => new Date(seconds * 1000);

export const time = (seconds) => TIME.format(asDate(seconds));
export const timeWithSeconds = (seconds) => SECONDS.format(asDate(seconds));
export const machineTime = (seconds) => asDate(seconds).toISOString();
export const dayKey = (seconds) => asDate(seconds).toDateString();

export function day(seconds, now = new Date()) {
  const date = asDate(seconds);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "Сегодня";
  if (date.toDateString() === yesterday.toDateString()) return "Вчера";
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_OF_YEAR).format(date);
}

export function plural(count, one, few, many) {
  const word = { one, few }[PLURAL.select(count)] ?? many;
  return `${count} ${word}`;
}

export const unread = (count) => plural(count, "непрочитанное сообщение", "непрочитанных сообщения", "непрочитанных сообщений");

export const cards = (count) => plural(count, "карточка", "карточки", "карточек");

export const badge = (count) => (count > 99 ? "99+" : String(count));

export function size(bytes) {
  const units = ["Б", "КБ", "МБ"];
  let index = 0;
  let amount = bytes;
  for (; amount >= 1024 && index < units.length - 1; index += 1) amount /= 1024;
  return `${NUMBER.format(amount)} ${units[index]}`;
}

export const milliseconds = (seconds) => `${NUMBER.format(seconds < 0.01 ? seconds * 1000 : Math.round(seconds * 1000))} мс`;

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

export function initials(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}

export const hue = (id) => Math.abs(Number(id)) % 6;
