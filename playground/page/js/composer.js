// Where a person writes: the field, files, the commands menu, the bot's keyboard; or «Начать», «Разблокировать».

import { api } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { Inline } from "./inline.js";
import { Keys } from "./keys.js";
import { Menu } from "./menu.js";

const TALLEST = 160;

export class Composer {
  // `deeds`: act(promise), person(), bot(), fresh(), say(text) and follow(address).
  constructor(number, deeds) {
    this.deeds = deeds;
    this.mode = null;
    this.input = h("textarea", { rows: "1", "aria-label": "Сообщение", enterkeyhint: "send", autocomplete: "off", maxlength: "4096" });
    this.inline = new Inline(number, this.input, { ...deeds, picked: () => this.insert("") });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.typed(event));
    const toggle = iconButton("keys", "Скрыть клавиатуру бота", null, { id: `toggle-${number}` });
    this.keys = new Keys(toggle, (label) => deeds.act(api.press(deeds.person().id, label)));
    this.commands = new Menu(iconButton("menu", "Команды бота", null), {
      label: "Команды бота",
      empty: "Команд пока нет",
      className: "upwards",
      entries: () => this.commandEntries(),
    });
    this.form = h(
      "form",
      { class: "composer", onsubmit: (event) => this.submitted(event) },
      this.commands.element,
      this.attaching(),
      this.input,
      toggle,
      h("button", { class: "icon-button send", "aria-label": "Отправить", title: "Отправить" }, icon("send")),
    );
    this.button = h("button", { type: "button", class: "button strong wide", onclick: () => this.pressed() });
    this.note = h("p", { class: "composer-note" });
    this.gate = h("div", { class: "gate" }, this.note, this.button);
    this.element = h("footer", { class: "composer-place" }, this.inline.element, this.form, this.keys.element, this.gate);
  }

  show(person) {
    const mode = modeOf(person);
    const changed = mode !== this.mode;
    const hadFocus = this.element.contains(document.activeElement);
    this.mode = mode;
    if (changed || person.id !== this.owner) this.inline.close();
    this.owner = person.id;
    this.form.hidden = mode !== "open";
    this.gate.hidden = mode === "open";
    this.button.hidden = mode === "gone";
    this.button.textContent = mode === "blocked" ? "Разблокировать" : "Начать";
    this.note.textContent = NOTES[mode] ?? "";
    this.keys.show(mode === "open" ? person.keyboard : null);
    this.input.placeholder = person.keyboard?.input_field_placeholder ?? "Сообщение";
    if (changed && hadFocus) this.focus();
  }

  focus() {
    if (this.mode === "open") this.input.focus();
    else this.button.focus();
  }

  insert(text) {
    this.input.value = text;
    this.changed();
    this.input.focus();
  }

  changed() {
    this.grow();
    this.inline.typed();
  }

  attaching() {
    const input = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
    input.addEventListener("change", () => {
      for (const file of input.files) this.deeds.act(api.upload(this.deeds.person().id, file));
      input.value = "";
    });
    return h("div", { class: "attach" }, input, iconButton("attach", "Прикрепить файл", () => input.click()));
  }

  async commandEntries() {
    const person = await this.deeds.fresh();
    return person.commands.map(({ command, description }) => ({
      content: [h("strong", {}, `/${command}`), h("span", {}, description)],
      label: `/${command}: ${description}`,
      run: () => this.deeds.act(api.write(person.id, `/${command}`)),
    }));
  }

  grow() {
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${Math.min(this.input.scrollHeight, TALLEST)}px`);
  }

  typed(event) {
    if (this.inline.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async submitted(event) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.changed();
    if (this.deeds.follow(text.trim())) return;
    const sent = await this.deeds.act(api.write(this.deeds.person().id, text));
    if (!sent && !this.input.value) this.insert(text);
  }

  pressed() {
    const { id } = this.deeds.person();
    this.deeds.act(this.mode === "blocked" ? api.unblock(id) : api.start(id));
  }
}

const NOTES = {
  blocked: "Бот заблокирован: его сообщения сюда не приходят.",
  gone: "Этот человек удалил свой аккаунт.",
};

function modeOf(person) {
  if (person.deactivated) return "gone";
  if (person.bot_status === "kicked") return "blocked";
  return person.bot_status ? "open" : "new";
}
