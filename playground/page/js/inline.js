// What the bot offers for `@bot …` in the field: a list above it, chosen by tap or by arrows and Enter.

import { api, Refused } from "./api.js";
import { fill, h } from "./dom.js";
import * as words from "./words.js";

const REST = 180;
const NEAR = 120;

export class Inline {
  // `deeds`: act(promise), person(), bot(), say(text), picked() after a result was sent.
  constructor(number, input, deeds) {
    this.input = input;
    this.deeds = deeds;
    this.results = [];
    this.start = h("button", { type: "button", class: "inline-start", onclick: () => this.started() });
    this.list = h("div", { class: "inline-results", role: "listbox", tabindex: "0", "aria-label": "Карточки бота", id: `inline-${number}` });
    this.note = h("p", { class: "inline-note" });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.element = h("div", { class: "inline", hidden: true }, this.start, this.note, this.list);
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-autocomplete", "list");
  }

  get isOpen() {
    return !this.element.hidden;
  }

  // What stands after `@bot `; null where the field holds something else.
  query() {
    const { username } = this.deeds.bot();
    const match = /^@(\w+)\s([^]*)$/u.exec(this.input.value.trimStart());
    return match && match[1].toLowerCase() === username?.toLowerCase() ? match[2].trim() : null;
  }

  typed() {
    clearTimeout(this.resting);
    const text = this.query();
    if (text === null) this.close();
    else this.resting = setTimeout(() => this.ask(text), REST);
  }

  async ask(text) {
    this.text = text;
    const offered = await this.fetched(text, "");
    if (!offered) return;
    this.results = [];
    this.active = -1;
    this.list.replaceChildren();
    this.start.hidden = !offered.button;
    this.button = offered.button;
    this.start.textContent = offered.button?.text ?? "";
    this.element.hidden = false;
    this.add(offered);
    this.list.hidden = !this.results.length;
    this.note.hidden = this.results.length > 0;
    fill(this.note, this.results.length ? "" : "Ничего не предложено");
    this.list.scrollTop = 0;
    if (this.results.length) this.activate(0);
    this.deeds.say(this.results.length ? `${words.cards(this.results.length)}: выберите стрелками и нажмите Enter` : "Бот ничего не предложил");
  }

  // Only the newest question is shown; one that was typed over is not waited for.
  async fetched(text, offset) {
    this.waiting?.abort();
    const waiting = (this.waiting = new AbortController());
    try {
      const offered = await api.askInline(this.deeds.person().id, text, offset, waiting.signal);
      return this.waiting === waiting && this.query() === text ? offered : null;
    } catch (failure) {
      if (failure instanceof Refused || failure.name === "AbortError") return null;
      throw failure;
    }
  }

  add({ query, results, next_offset: next }) {
    this.next = next;
    for (const result of results) {
      const index = this.results.length;
      this.results.push({ query, id: result.id });
      this.list.append(
        h(
          "div",
          { class: "inline-result", role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", onclick: () => this.pick(index) },
          h("strong", { dir: "auto" }, result.title),
          result.description && h("span", { dir: "auto" }, result.description),
        ),
      );
    }
  }

  async more() {
    if (!this.next || this.growing) return;
    this.growing = true;
    const offered = await this.fetched(this.text, this.next);
    this.growing = false;
    if (offered) this.add(offered);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.more();
  }

  activate(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.list.children[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    for (const focused of [this.input, this.list]) focused.setAttribute("aria-activedescendant", option.id);
  }

  // Whether the key was for the list.
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") this.close();
    else if (!this.results.length) return false;
    else if (event.key === "Enter" && !event.shiftKey) this.pick(this.active);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event.key === "ArrowDown" ? 1 : -1);
    else return false;
    event.preventDefault();
    return true;
  }

  move(step) {
    const { length } = this.results;
    if (this.active + step >= length - 1) this.more();
    this.activate((this.active + step + length) % length);
  }

  async pick(index) {
    const { query, id } = this.results[index];
    this.close();
    if (await this.deeds.act(api.pickInline(this.deeds.person().id, query, id))) this.deeds.picked();
  }

  started() {
    const { start_parameter: parameter } = this.button;
    this.close();
    this.deeds.act(api.start(this.deeds.person().id, parameter)).then((done) => done && this.deeds.picked());
  }

  close() {
    clearTimeout(this.resting);
    this.waiting?.abort();
    this.element.hidden = true;
    this.results = [];
    this.list.replaceChildren();
    for (const focused of [this.input, this.list]) focused.removeAttribute("aria-activedescendant");
  }
}
