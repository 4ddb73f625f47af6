// One phone: a person, their conversation with the bot, and what they can do.

import { api, Refused } from "./api.js";
import { summary } from "./bubble.js";
import { settle } from "./buttons.js";
import { Chooser } from "./chooser.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { h, iconButton } from "./dom.js";
import { History } from "./history.js";
import { Menu } from "./menu.js";
import { alert, ask, Notices, showPicture } from "./notices.js";
import * as words from "./words.js";

const BUSY_FOR = 5500;
const BUSY = { typing: "печатает", upload_document: "отправляет файл", upload_photo: "отправляет изображение" };

function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

export class Phone {
  // `around`: everybody(), person(id), bot(), isElsewhere(person, phone), choose(phone, id), fresh(id), invite(phone), extras(phone).
  constructor(number, around) {
    this.around = around;
    this.number = number;
    this.personId = null;
    this.notices = new Notices();
    this.chooser = new Chooser({
      everybody: around.everybody,
      isElsewhere: (person) => around.isElsewhere(person, this),
      choose: (person) => around.choose(this, person.id),
      invite: () => around.invite(this),
    });
    this.history = new History(`Переписка, телефон ${number}`, { actions: this.actions(), onLooked: (message) => this.looked(message) });
    this.composer = new Composer(number, {
      act: (promise) => this.act(promise),
      person: () => this.person,
      bot: () => around.bot(),
      say: (text) => this.notices.say(text),
      fresh: () => around.fresh(this.personId),
      follow: (address) => this.follow(address),
    });
    const face = h("img", { class: "face", src: "/page/icon.svg", alt: "", width: 38, height: 38 });
    this.botName = h("h2", { class: "bot-name", dir: "auto" });
    this.status = h("p", { class: "bot-status", role: "status" });
    this.more = new Menu(iconButton("more", "Действия с чатом", null), { label: "Действия с чатом", className: "from-right", entries: () => this.deeds() });
    this.element = h(
      "section",
      { class: "phone", id: `phone-${number}`, tabindex: "-1" },
      h("div", { class: "owner-strip" }, this.chooser.element),
      h("header", { class: "chat-bar" }, face, h("div", { class: "chat-title" }, this.botName, this.status), this.more.element),
      this.history.element,
      this.composer.element,
      this.notices.element,
    );
  }

  get person() {
    return this.around.person(this.personId);
  }

  get isOnScreen() {
    return this.element.checkVisibility?.() ?? this.element.offsetParent !== null;
  }

  // Show a person's chat anew. What happens while it is fetched waits its turn.
  async open(personId) {
    const conversation = personId === this.personId && this.conversation ? this.conversation : new Conversation(personId);
    if (personId !== this.personId) this.notices.clear();
    this.personId = personId;
    this.conversation = conversation;
    this.late = [];
    this.quiet();
    this.redraw();
    try {
      if (personId !== null) await conversation.load();
    } finally {
      if (this.conversation === conversation) {
        this.history.open(conversation);
        const late = this.late ?? [];
        this.late = null;
        late.forEach((event) => this.handle(event));
      }
    }
  }

  redraw() {
    const { person } = this;
    const bot = this.around.bot();
    this.chooser.show(person);
    this.element.setAttribute("aria-label", `Телефон ${this.number}${person ? `: ${words.fullName(person)}` : ""}`);
    this.botName.textContent = bot.name ?? "";
    if (!this.busyEnds) this.quiet();
    this.composer.element.hidden = !person;
    if (person) this.composer.show(person);
    const about = bot.description || bot.short_description || "Здесь появится переписка с ботом.";
    this.history.empty.replaceChildren(h("p", { class: "about", dir: "auto" }, person ? about : "Здесь пока никого нет: добавьте человека."));
  }

  handle(event) {
    if (this.late) {
      this.late.push(event);
      return;
    }
    const handlers = { message: "came", edit: "came", delete: "went", action: "busy", answer: "answered" };
    this[handlers[event.event]]?.(event);
  }

  came({ event, message }) {
    if (message.deleted) return;
    const kind = this.conversation.put(message);
    if (kind === "changed") this.history.redraw();
    if (kind === "new") this.history.appended(message);
    if (!kind || !message.from_bot) return;
    this.quiet();
    this.notices.say(`${event === "edit" ? "Бот изменил сообщение" : "Бот"}: ${summary(message, 400)}`);
    if (event === "message" && !message.silent) this.ring();
  }

  went({ message }) {
    const index = this.conversation.remove(message.message_id);
    if (index >= 0) this.history.removed(index);
  }

  busy({ action }) {
    clearTimeout(this.busyEnds);
    this.status.replaceChildren(BUSY[action] ?? "занят", dots());
    this.busyEnds = setTimeout(() => this.quiet(), BUSY_FOR);
  }

  quiet() {
    clearTimeout(this.busyEnds);
    this.busyEnds = null;
    const rest = this.around.bot().is_up === false ? "запускается" : "бот";
    if (this.status.firstChild?.textContent === rest) return;
    this.status.replaceChildren(rest, ...(rest === "бот" ? [] : [dots()]));
  }

  async answered({ text, alert: isAlert, url, message_id: messageId, data }) {
    settle(this.history.rowOf(messageId), data);
    if (url) this.follow(url);
    if (!text) return;
    if (!isAlert) {
      this.notices.toast(text);
      return;
    }
    await alert(this.element, text);
    if (document.activeElement === document.body) this.history.scroller.focus();
  }

  ring() {
    this.element.classList.add("rings");
    clearTimeout(this.rung);
    this.rung = setTimeout(() => this.element.classList.remove("rings"), 1600);
  }

  looked(message) {
    const seen = this.isOnScreen && document.visibilityState === "visible";
    if (message && seen && this.person?.unread) api.read(this.personId, message.message_id).catch(() => {});
  }

  lookedAgain() {
    if (this.history.pinned) this.looked(this.conversation?.messages.at(-1));
  }

  // Await a deed; what it refuses is shown. Whether it was done.
  async act(promise) {
    try {
      const done = await promise;
      if (done.message_id && done.chat?.id === this.personId) this.handle({ event: "message", message: done });
      return true;
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure;
      this.notices.toast(failure.message, { failed: true });
      return false;
    }
  }

  // A link to this bot opens here, as on a phone. Whether it was one.
  follow(raw) {
    const { username } = this.around.bot();
    const match = /^(?:https?:\/\/)?t\.me\/(\w+)\/?(?:\?start=([\w-]*))?$/u.exec(raw);
    if (!match || match[1].toLowerCase() !== username?.toLowerCase()) return false;
    this.act(api.start(this.personId, match[2] ?? ""));
    return true;
  }

  actions() {
    return {
      tap: (messageId, tapData) => this.act(api.tap(this.personId, messageId, tapData)),
      command: (text) => this.act(api.write(this.personId, text)),
      follow: (address) => this.follow(address),
      picture: showPicture,
      insert: (query) => this.composer.insert(`@${this.around.bot().username} ${query}`),
      copy: (text) => this.copy(text),
    };
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.notices.toast("Скопировано");
    } catch {
      const field = h("input", { value: text, readonly: true, "aria-label": "Текст для копирования" });
      await ask(this.element, { title: "Скопируйте текст", body: field, buttons: [{ label: "Закрыть", value: "" }] });
    }
  }

  deeds() {
    const { person } = this;
    const blocked = person?.bot_status === "kicked";
    const block = { content: [blocked ? "Разблокировать бота" : "Заблокировать бота"], danger: !blocked, run: () => this.block(blocked) };
    return [...(person?.bot_status ? [block] : []), ...this.around.extras(this)];
  }

  async block(blocked) {
    const done = await this.act(blocked ? api.unblock(this.personId) : api.block(this.personId));
    if (done) this.notices.say(blocked ? "Бот разблокирован" : "Бот заблокирован");
  }
}
