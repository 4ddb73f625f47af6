// One stream of events for the whole page; it comes back by itself.

const KINDS = [
  "message", "edit", "delete", "action", "tap", "answer", "membership", "read", "person", "reset", "call",
  "letter",
];
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

export class Stream {
  constructor({ onOpen, onEvent, onLost }) {
    this.onOpen = onOpen;
    this.onEvent = onEvent;
    this.onLost = onLost;
    this.wait = FIRST_WAIT;
  }

  connect() {
    clearTimeout(this.later);
    this.source?.close();
    const source = new EventSource("/people/events");
    this.source = source;
    source.onopen = () => {
      this.wait = FIRST_WAIT;
      this.onOpen();
    };
    source.onerror = () => {
      // Browsers differ in what they retry themselves, so none of it is left to them.
      source.close();
      this.onLost();
      this.later = setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    };
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.onEvent(JSON.parse(event.data)));
  }
}
