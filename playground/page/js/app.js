// Where everything meets: the people, two phones, the log, the mail box, the stream.

import { api, Refused } from "./api.js";
import { summary } from "./bubble.js";
import { h, icon } from "./dom.js";
import { Log } from "./log.js";
import { Mail } from "./mail.js";
import { ask } from "./notices.js";
import { Phone } from "./phone.js";
import { Stream } from "./stream.js";
import * as words from "./words.js";

const CALLS = 200;
const FRAME = 16;
const PROFILE = /^(set|delete)My/u;
const wide = matchMedia("(min-width: 900px)");
const roomy = matchMedia("(min-width: 1200px)");
const people = new Map();
let bot = {};
let held = null;

const phones = [1, 2].map(
  (number) =>
    new Phone(number, {
      everybody: () => [...people.values()],
      person: (id) => people.get(id) ?? null,
      bot: () => bot,
      isElsewhere: (person, phone) => phones.some((other) => other !== phone && other.isOnScreen && other.personId === person.id),
      choose,
      fresh,
      invite,
      extras,
    }),
);
const place = document.getElementById("phones");
place.append(...phones.map((phone) => phone.element));
const log = new Log(document.getElementById("log"), { nameOf, onClose: () => show(null, { withFocus: true }) });

function nameOf(chatId) {
  const person = people.get(chatId);
  return person ? words.fullName(person) : String(chatId);
}

// The people on screen

async function choose(phone, id) {
  const other = phones.find((each) => each !== phone && each.personId === id);
  const before = phone.personId;
  phone.open(id);
  if (other) await other.open(before);
  remember();
  redraw();
}

async function fresh(id) {
  const found = await api.people();
  found.forEach((person) => people.set(person.id, person));
  return people.get(id);
}

async function invite(phone) {
  const field = h("input", { name: "name", required: true, maxlength: "64", autocomplete: "off", id: "new-name" });
  const body = [h("label", { for: "new-name" }, "Как зовут"), field];
  const buttons = [{ label: "Добавить", value: "add", kind: "strong" }, { label: "Отмена", value: "" }];
  const { value, answers } = await ask(phone.element, { title: "Новый человек", body, buttons });
  const [first, ...last] = (answers.name ?? "").trim().split(/\s+/u);
  if (value !== "add" || !first) return;
  const person = await api.add({ first_name: first, last_name: last.join(" ") || null });
  people.set(person.id, person);
  await choose(phone, person.id);
  phone.composer.focus();
}

let redrawLater = null;

function redraw() {
  redrawLater = null;
  phones.forEach((phone) => phone.redraw());
  const unread = [...people.values()].reduce((sum, person) => sum + person.unread, 0);
  document.title = `${unread ? `(${words.badge(unread)}) ` : ""}Бот курсов: попробовать без Telegram`;
}

function remember() {
  try {
    sessionStorage.setItem("phones", JSON.stringify(phones.map((phone) => phone.personId)));
  } catch {
    // A browser that keeps nothing shows the first people again.
  }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem("phones")) ?? [];
  } catch {
    return [];
  }
}

// The run log, the mail box and the reset: in the bar on a wide window, in a phone's menu on a narrow one

const opener = (name, iconName, label) => {
  const onclick = () => show(document.body.dataset.panel === name ? null : name);
  return h("button", { type: "button", class: "button", "aria-controls": name, onclick }, icon(iconName), label);
};
const logButton = opener("log", "log", "Журнал");
const mailButton = opener("mail", "mail", "Почта");
const mailBadge = h("span", { class: "badge" });
mailButton.append(mailBadge);
mailButton.hidden = true;
const mail = new Mail(document.getElementById("mail"), { onCount: countLetters, onClose: () => show(null, { withFocus: true }) });
const panels = { log: { panel: log, button: logButton }, mail: { panel: mail, button: mailButton } };
const resetButton = h("button", { type: "button", class: "button", hidden: true, onclick: () => reset(phones[0]) }, icon("again"), "Начать заново");
document.getElementById("bar-actions").append(resetButton, mailButton, logButton);
const mailLink = document.querySelector("[data-opens=mail]");
for (const link of document.querySelectorAll("[data-opens]")) link.addEventListener("click", () => show(link.dataset.opens));

// One panel at a time; `name` null: none.
function show(name, { withFocus = false } = {}) {
  const before = document.body.dataset.panel;
  document.body.dataset.panel = name ?? "none";
  for (const [each, { button }] of Object.entries(panels)) button.setAttribute("aria-expanded", String(each === name));
  if (name) panels[name].panel.element.focus({ preventScroll: true });
  else if (withFocus) (wide.matches ? panels[before].button : phones[0].more.button).focus();
}

function countLetters(unread) {
  mailBadge.textContent = unread ? words.badge(unread) : "";
  mailButton.setAttribute("aria-label", unread ? `Почта, ${words.plural(unread, "новое письмо", "новых письма", "новых писем")}` : "Почта");
}

// Where the mail box is out of sight, a new letter is announced like a message; a wide window has a button that counts.
function announceLetter(letter) {
  if (document.body.dataset.panel === "mail") return;
  if (wide.matches) {
    phones[0].notices.say(`Почта: ${letter.subject}`);
    return;
  }
  phones[0].notices.push("Почта", letter.subject, () => {
    show("mail");
    mail.show(letter);
  });
}

function extras(phone) {
  if (wide.matches) return [];
  const letters = mail.unread ? `Почта (${words.badge(mail.unread)})` : "Почта";
  const journal = { content: ["Журнал вызовов"], run: () => show("log") };
  return [
    ...(bot.has_mail ? [{ content: [letters], run: () => show("mail") }] : []),
    journal,
    ...(bot.can_reset ? [{ content: ["Начать заново"], danger: true, run: () => reset(phone) }] : []),
  ];
}

async function reset(phone) {
  const body = h("p", { class: "dialog-text" }, "Все разговоры, заявки и люди вернутся к первому дню. Отменить это нельзя.");
  const buttons = [{ label: "Начать заново", value: "yes", kind: "dangerous" }, { label: "Отмена", value: "" }];
  const { value } = await ask(phone.element, { title: "Начать заново?", body, buttons });
  if (value !== "yes") return;
  resetButton.setAttribute("aria-busy", "true");
  phone.notices.toast("Возвращаемся к первому дню…");
  if (await phone.act(api.reset())) phone.notices.toast("Готово: всё как в первый день");
  resetButton.removeAttribute("aria-busy");
}

// The stream

let syncs = 0;

// Ask for everything anew; events that come meanwhile wait.
async function sync() {
  syncs += 1;
  const mine = syncs;
  held = [];
  try {
    const [everybody, about, calls] = await Promise.all([api.people(), api.bot(), api.calls(CALLS)]);
    if (mine !== syncs) return;
    bot = about;
    people.clear();
    everybody.forEach((person) => people.set(person.id, person));
    resetButton.hidden = !bot.can_reset;
    mailButton.hidden = mailLink.hidden = !bot.has_mail;
    log.replace(calls);
    if (bot.has_mail) mail.replace(await api.letters());
    if (mine !== syncs) return;
    await Promise.all(seated().map((id, index) => phones[index].open(id)));
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    setTimeout(() => mine === syncs && sync(), 1000);
    return;
  }
  if (mine !== syncs) return;
  const late = held;
  held = null;
  late.forEach(handle);
  redraw();
  place.setAttribute("aria-busy", "false");
  phones.forEach((phone) => phone.lookedAgain());
}

// Whoever was on a phone stays; else the first people who are there.
function seated() {
  const known = [...people.keys()];
  const before = phones.map((phone, index) => phone.personId ?? remembered()[index]);
  const kept = before.map((id) => (people.has(id) ? id : null));
  return kept.map((id) => id ?? known.find((each) => !kept.includes(each) && kept.push(each)) ?? null);
}

function handle(event) {
  if (event.event === "call") {
    log.note(event);
    if (bot.is_up === false) {
      bot.is_up = true;
      redraw();
    }
    if (PROFILE.test(event.method)) refreshProfile();
    return;
  }
  if (event.event === "letter") {
    mail.note(event.letter);
    announceLetter(event.letter);
    return;
  }
  if (event.event === "reset") {
    phones.forEach((phone) => (phone.conversation = null));
    sync();
    return;
  }
  if (event.person) people.set(event.person.id, event.person);
  if (event.event === "person" && phones.some((phone) => phone.personId === null)) sync();
  phones.find((phone) => phone.personId === event.chat_id)?.handle(event);
  announce(event);
  if (event.person) redrawLater ??= setTimeout(redraw, FRAME); // a hidden page has no frames, but a title
}

function announce({ event, message, person }) {
  if (event !== "message" || !message.from_bot || message.silent || !person) return;
  if (phones.some((phone) => phone.isOnScreen && phone.personId === person.id)) return;
  phones[0].notices.push(words.fullName(person), summary(message, 90), () => choose(phones[0], person.id));
}

let profileWaits = null;

function refreshProfile() {
  profileWaits ??= setTimeout(async () => {
    profileWaits = null;
    bot = await api.bot().catch(() => bot);
    redraw();
  }, 200);
}

const connection = document.getElementById("connection");
const stream = new Stream({
  onOpen() {
    connection.classList.remove("shown");
    connection.textContent = "";
    sync();
  },
  onEvent: (event) => (held ? held.push(event) : handle(event)),
  onLost() {
    if (connection.textContent) return;
    connection.textContent = "Нет связи с сервером. Подключаемся снова…";
    connection.classList.add("shown");
  },
});

for (const query of [wide, roomy]) {
  query.addEventListener("change", () => {
    showLogByRoom();
    redraw();
    phones.forEach((phone) => phone.history.redraw());
  });
}
document.addEventListener("visibilitychange", () => phones.forEach((phone) => phone.lookedAgain()));

function showLogByRoom() {
  if (document.body.dataset.panel === "mail") return;
  document.body.dataset.panel = roomy.matches ? "log" : "none";
  for (const [each, { button }] of Object.entries(panels)) button.setAttribute("aria-expanded", String(each === document.body.dataset.panel));
}

showLogByRoom();
stream.connect();
