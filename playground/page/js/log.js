// The run log: what the bot asked of Telegram, as it happens.

import { h, iconButton } from "./dom.js";
import * as words from "./words.js";

const KEPT = 300;

export class Log {
  // `nameOf(chatId)`: whose chat it is; `onClose`: the panel's own button was pressed.
  constructor(element, { nameOf, onClose }) {
    this.element = element;
    this.nameOf = nameOf;
    this.waiting = [];
    this.newest = 0;
    this.list = h("ol", { class: "calls", "aria-label": "Вызовы, новые сверху" });
    this.count = h("p", { class: "log-count" });
    const refusals = this.filter("Только отказы", "only-refusals", false);
    const polling = this.filter("И опрос getUpdates", "with-polling", false);
    element.append(
      h("div", { class: "log-head" }, h("h2", {}, "Журнал вызовов"), iconButton("close", "Закрыть журнал", onClose)),
      h("p", { class: "log-lead" }, "Что бот спрашивает у Bot API, по мере работы."),
      h("div", { class: "log-filters" }, refusals, polling),
      this.count,
      h("div", { class: "calls-place", tabindex: "0", role: "region", "aria-label": "Вызовы бота" }, this.list),
    );
    element.addEventListener("keydown", (event) => event.key === "Escape" && onClose());
  }

  filter(label, className, checked) {
    const onchange = (event) => this.list.classList.toggle(className, event.target.checked);
    return h("label", {}, h("input", { type: "checkbox", checked, onchange }), label);
  }

  replace(calls) {
    this.waiting = [];
    this.newest = 0;
    this.list.replaceChildren();
    calls.forEach((call) => this.note(call));
    this.countUp();
  }

  // Rows are drawn once a frame, however many calls came in between.
  note(call) {
    if (call.number <= this.newest) return;
    this.newest = call.number;
    this.waiting.push(call);
    if (this.waiting.length > KEPT) this.waiting.shift();
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = null;
    const rows = this.waiting.reverse().map((call) => this.row(call));
    this.waiting = [];
    this.list.prepend(...rows);
    while (this.list.children.length > KEPT) this.list.lastChild.remove();
    this.countUp();
  }

  countUp() {
    const refused = this.list.querySelectorAll(".refused").length;
    const calls = words.plural(this.newest, "вызов", "вызова", "вызовов");
    this.count.textContent = `${calls}, ${refused ? words.plural(refused, "отказ", "отказа", "отказов") : "отказов нет"}`;
  }

  row(call) {
    const polling = call.method === "getUpdates" && !call.refusal;
    const whose = call.chat_id === null ? "" : this.nameOf(call.chat_id);
    const parameters = Object.entries(call.parameters).map(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)]);
    return h(
      "li",
      { class: `call ${call.refusal ? "refused" : ""} ${polling ? "polling" : ""}` },
      h(
        "details",
        {},
        h(
          "summary",
          {},
          h("time", { datetime: words.machineTime(call.at) }, words.timeWithSeconds(call.at)),
          h("code", {}, call.method),
          h("span", { class: "call-took" }, words.milliseconds(call.duration)),
          whose && h("span", { class: "call-chat", dir: "auto" }, whose),
          call.refusal && h("span", { class: "call-refusal" }, `${call.code || "—"} ${call.refusal}`),
        ),
        parameters.length ? h("dl", {}, ...parameters.flat()) : h("p", {}, "Без параметров"),
      ),
    );
  }
}
