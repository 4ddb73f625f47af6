// The messages of one chat that are known here: the newest ones, and older ones as somebody scrolls back.

import { api } from "./api.js";

const PAGE = 80;

export class Conversation {
  constructor(personId) {
    this.personId = personId;
    this.messages = [];
    this.complete = false;
    this.fetching = false;
  }

  async load() {
    const count = Math.max(PAGE, this.messages.length);
    const found = await api.messages(this.personId, { last: count });
    this.messages = found;
    this.complete = found.length < count;
  }

  // How many older ones came.
  async loadOlder() {
    if (this.complete || this.fetching || !this.messages.length) return 0;
    this.fetching = true;
    try {
      const found = await api.messages(this.personId, { last: PAGE, before: this.messages[0].message_id });
      this.messages.unshift(...found);
      this.complete = found.length < PAGE;
      return found.length;
    } finally {
      this.fetching = false;
    }
  }

  // Whether it was new, changed what was known, or neither: events can be older than what was loaded since.
  put(message) {
    const index = this.indexOf(message.message_id);
    if (index >= 0) {
      const known = this.messages[index];
      if (known.changed_at >= message.changed_at) return null;
      this.messages[index] = message;
      return "changed";
    }
    const newest = this.messages.at(-1)?.message_id ?? 0;
    if (message.message_id < newest) return null;
    this.messages.push(message);
    return "new";
  }

  remove(messageId) {
    const index = this.indexOf(messageId);
    if (index >= 0) this.messages.splice(index, 1);
    return index;
  }

  indexOf(messageId) {
    return this.messages.findLastIndex((message) => message.message_id === messageId);
  }
}
