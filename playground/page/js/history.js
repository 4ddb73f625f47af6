// The conversation on screen: a window of rows over all messages, so that thousands cost no more than a hundred.

import { drawRow, refillRow } from "./bubble.js";
import { h, iconButton } from "./dom.js";
import * as words from "./words.js";

const STEP = 40;
const MOST = 160;
const NEAR = 900;
const AT_END = 48;
const REST_AFTER = 900;

export class History {
  constructor(label, { actions, onLooked }) {
    this.actions = actions;
    this.onLooked = onLooked;
    this.rows = new Map();
    this.arriving = new Set();
    this.first = 0;
    this.last = 0;
    this.below = 0;
    this.list = h("ol", { class: "rows" });
    this.empty = h("div", { class: "empty" });
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: "0", role: "region", "aria-label": label },
      this.empty,
      this.list,
    );
    this.badge = h("span", { class: "badge", "aria-hidden": "true" });
    this.toEndButton = iconButton("down", "К последнему сообщению", () => this.toEnd(true), { class: "to-end" });
    this.toEndButton.append(this.badge);
    this.toEndButton.hidden = true;
    this.element = h("div", { class: "history" }, this.scroller, this.toEndButton);
    this.pinned = true;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.pinned && this.glue()).observe(this.scroller);
  }

  get messages() {
    return this.conversation?.messages ?? [];
  }

  open(conversation) {
    const same = this.conversation?.personId === conversation.personId && !this.pinned;
    this.conversation = conversation;
    if (same) {
      this.last = Math.min(this.last, this.messages.length);
      this.first = Math.max(0, Math.min(this.first, this.last - 1));
      this.keepingPlace(() => this.draw());
    } else this.toEnd();
  }

  // A new message came, at the end.
  appended(message) {
    const { length } = this.messages;
    if (this.pinned || !message.from_bot) {
      this.last = length;
      this.first = Math.max(0, Math.min(this.first, length - 1), length - MOST);
      this.pinned = true;
      this.arriving.add(message.message_id);
      this.redraw();
    } else {
      this.below += 1;
      this.drawBelow();
    }
  }

  removed(index) {
    if (index < this.first) this.first -= 1;
    if (index < this.last) this.last -= 1;
    this.redraw();
  }

  // Once a frame, however much changed in between.
  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.pinned) {
        this.draw();
        this.glue();
        this.looked();
      } else this.keepingPlace(() => this.draw());
    });
  }

  toEnd(withFocus = false) {
    this.last = this.messages.length;
    this.first = Math.max(0, this.last - 2 * STEP);
    this.pinned = true;
    this.draw();
    this.glue();
    this.looked();
    if (withFocus) this.scroller.focus();
  }

  rowOf(messageId) {
    return this.rows.get(messageId)?.row;
  }

  glue() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // A day that sticks to the top edge over words is shown only while somebody scrolls.
  restLater() {
    clearTimeout(this.resting);
    const days = [...this.list.querySelectorAll(".day")];
    days.forEach((day) => day.classList.remove("resting"));
    this.resting = setTimeout(() => {
      for (const day of days) {
        const { bottom } = day.getBoundingClientRect();
        day.classList.toggle("resting", (day.nextElementSibling?.getBoundingClientRect().top ?? bottom) < bottom);
      }
    }, REST_AFTER);
  }

  looked() {
    this.below = 0;
    this.drawBelow();
    this.onLooked(this.messages.at(-1));
  }

  drawBelow() {
    this.toEndButton.hidden = this.pinned;
    this.badge.textContent = this.below ? words.badge(this.below) : "";
    const label = this.below ? `К последнему сообщению, ${words.unread(this.below)}` : "К последнему сообщению";
    this.toEndButton.setAttribute("aria-label", label);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (!clientHeight) return;
    this.restLater();
    const left = scrollHeight - scrollTop - clientHeight;
    const pinned = left < AT_END && this.last === this.messages.length;
    if (pinned !== this.pinned) {
      this.pinned = pinned;
      if (pinned) this.looked();
      else this.drawBelow();
    }
    if (scrollTop < NEAR) this.growUp();
    if (left < NEAR && this.last < this.messages.length) this.growDown();
  }

  async growUp() {
    const conversation = this.conversation;
    if (!conversation || conversation.fetching) return;
    if (this.first < STEP && !conversation.complete) {
      const came = await conversation.loadOlder().catch(() => 0);
      if (conversation !== this.conversation) return;
      this.first += came;
      this.last += came;
    }
    if (this.first === 0) return;
    this.first = Math.max(0, this.first - STEP);
    this.last = Math.min(this.last, this.first + MOST);
    this.keepingPlace(() => this.draw());
  }

  growDown() {
    this.last = Math.min(this.messages.length, this.last + STEP);
    this.first = Math.max(this.first, this.last - MOST);
    this.keepingPlace(() => this.draw());
  }

  // What stands at the top edge of the screen stands there afterwards, too.
  keepingPlace(change) {
    const top = this.scroller.getBoundingClientRect().top;
    const seen = [...this.list.children].find((row) => row.dataset.id && row.getBoundingClientRect().bottom > top);
    const before = seen?.getBoundingClientRect().top;
    change();
    if (seen?.isConnected) this.scroller.scrollTop += seen.getBoundingClientRect().top - before;
  }

  // Bring the rows on screen in line with the window, touching only what differs.
  draw() {
    const wanted = this.messages.slice(this.first, this.last);
    const kept = new Map();
    const order = [];
    let day = null;
    for (const message of wanted) {
      const key = words.dayKey(message.date);
      if (key !== day) order.push(this.divider(message, kept));
      day = key;
      order.push(this.row(message, kept));
    }
    for (const [key, { row }] of this.rows) if (!kept.has(key)) this.drop(row);
    this.rows = kept;
    let place = this.list.firstChild;
    for (const row of order) {
      if (row === place) place = place.nextSibling;
      else this.list.insertBefore(row, place);
    }
    this.arriving.clear();
    this.empty.hidden = wanted.length > 0;
  }

  divider({ message_id: above, date }, kept) {
    const key = `day above ${above}`;
    const row = this.rows.get(key)?.row ?? h("li", { class: "day" }, h("span", {}, words.day(date)));
    kept.set(key, { row });
    return row;
  }

  row(message, kept) {
    const known = this.rows.get(message.message_id);
    const row = known?.row ?? drawRow(message, this.actions);
    if (known && known.changedAt !== message.changed_at) refillRow(row, message, this.actions);
    if (!known && this.arriving.has(message.message_id)) row.classList.add("arriving");
    kept.set(message.message_id, { row, changedAt: message.changed_at });
    return row;
  }

  drop(row) {
    if (row.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    row.remove();
  }
}
