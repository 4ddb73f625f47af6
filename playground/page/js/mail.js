// The mail box: the letters that the bot has sent, as their readers see them.

import { api } from "./api.js";
import { fill, h, hidden, icon, iconButton } from "./dom.js";
import * as words from "./words.js";

export class Mail {
  // `onCount(unread)`: how many are unread has changed; `onClose`: the panel's own button was pressed.
  constructor(element, { onCount, onClose }) {
    this.element = element;
    this.onCount = onCount;
    this.onClose = onClose;
    this.letters = [];
    this.open = null;
    this.list = h("ol", { class: "letters", "aria-label": "Письма, новые сверху" });
    this.count = h("p", { class: "log-count", role: "status" });
    this.box = h(
      "div",
      { class: "mail-view" },
      h("p", { class: "log-lead" }, "Письма бота: они приходят сюда, а не на настоящую почту."),
      this.count,
      h("div", { class: "calls-place" }, this.list),
    );
    this.reader = h("article", { class: "mail-view reader", hidden: true, "aria-label": "Письмо" });
    element.append(
      h("div", { class: "log-head" }, h("h2", {}, "Почта"), iconButton("close", "Закрыть почту", onClose)),
      this.box,
      this.reader,
    );
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.open) this.back();
      else onClose();
    });
  }

  get unread() {
    return this.letters.filter((letter) => !letter.is_read).length;
  }

  replace(letters) {
    this.letters = letters;
    const open = this.open && letters.find((letter) => letter.number === this.open.number);
    if (this.open && !open) this.leave();
    this.draw();
  }

  note(letter) {
    if (this.letters.some((known) => known.number === letter.number)) return;
    this.letters.unshift(letter);
    this.draw();
  }

  draw() {
    fill(this.list, ...this.letters.map((letter) => this.row(letter)));
    const all = words.plural(this.letters.length, "письмо", "письма", "писем");
    const unread = words.plural(this.unread, "непрочитанное", "непрочитанных", "непрочитанных");
    this.count.textContent = this.letters.length ? `${all}, ${this.unread ? unread : "все прочитаны"}` : "Писем пока нет";
    this.onCount(this.unread);
  }

  row(letter) {
    return h(
      "li",
      { class: `letter ${letter.is_read ? "" : "unread"}` },
      h(
        "button",
        { type: "button", "data-number": letter.number, onclick: () => this.show(letter) },
        !letter.is_read && hidden("Не прочитано. "),
        h("span", { class: "letter-subject", dir: "auto" }, letter.subject || "Без темы"),
        h("time", { datetime: words.machineTime(letter.at) }, words.time(letter.at)),
        h("span", { class: "letter-to", dir: "auto" }, `Кому: ${letter.to}`),
      ),
    );
  }

  show(letter) {
    this.open = letter;
    letter.is_read = true;
    api.readLetter(letter.number).catch(() => {}); // it may be gone: the reader shows it all the same
    const title = h("h3", { dir: "auto", tabindex: "-1" }, letter.subject || "Без темы");
    const place = h("div", { class: "letter-place" });
    const plain = h("button", { type: "button", class: "button", "aria-pressed": "false" }, "Только текст");
    plain.addEventListener("click", () => {
      const wanted = plain.getAttribute("aria-pressed") !== "true";
      plain.setAttribute("aria-pressed", String(wanted));
      this.fillPlace(place, letter, wanted);
    });
    fill(
      this.reader,
      h(
        "div",
        { class: "letter-bar" },
        h("button", { type: "button", class: "button", onclick: () => this.back() }, icon("back"), "К письмам"),
        letter.is_page && plain,
      ),
      title,
      h(
        "dl",
        { class: "letter-head" },
        h("dt", {}, "От"), h("dd", { dir: "auto" }, letter.from),
        h("dt", {}, "Кому"), h("dd", { dir: "auto" }, letter.to),
        h("dt", {}, "Когда"), h("dd", {}, `${words.day(letter.at)}, ${words.timeWithSeconds(letter.at)}`),
      ),
      letter.files.map((name) => this.file(letter, name)),
      place,
    );
    this.fillPlace(place, letter, !letter.is_page);
    this.box.hidden = true;
    this.reader.hidden = false;
    title.focus({ preventScroll: true });
    this.draw();
  }

  file(letter, name) {
    const link = h("a", { href: api.letterFile(letter.number, name), download: name, dir: "auto" }, icon("file", 16), name);
    return h("p", { class: "letter-file" }, link);
  }

  // The page may do nothing: no script, no window, no form; whatever its sender wrote, it stays in its frame.
  fillPlace(place, letter, asText) {
    if (!asText) {
      fill(place, h("iframe", { src: api.letterPage(letter.number), sandbox: "", title: "Текст письма", referrerpolicy: "no-referrer" }));
      return;
    }
    const text = h("pre", { class: "letter-text", tabindex: "0", dir: "auto" }, "Загружаем…");
    fill(place, text);
    api.letterText(letter.number).then(
      (said) => (text.textContent = said),
      () => (text.textContent = "Этого письма больше нет"),
    );
  }

  leave() {
    this.open = null;
    this.box.hidden = false;
    this.reader.hidden = true;
    fill(this.reader);
  }

  back() {
    const { number } = this.open;
    this.leave();
    this.list.querySelector(`[data-number="${number}"]`)?.focus();
  }
}
