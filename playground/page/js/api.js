// What a person can do, over HTTP.

export class Refused extends Error {}

const IN_RUSSIAN = {
  "the bot is blocked here: unblock it first": "Бот заблокирован: сначала разблокируйте его",
  "an empty text cannot be sent": "Пустой текст не отправить",
  "there is no such result": "Этой карточки больше нет",
  "no such message": "Этого сообщения больше нет",
  "no such letter": "Этого письма больше нет",
  "no such person": "Этого человека больше нет",
};

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`/people${path}`, options);
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Refused("Нет связи с сервером");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refused(IN_RUSSIAN[answer.error] ?? answer.error ?? `Сервер ответил: ${response.status}`);
}

const tell = (path, body = {}, more = {}) => ask(path, { method: "POST", body: JSON.stringify(body), ...more });

function upload(id, file) {
  const kind = ["image/png", "image/jpeg"].includes(file.type) ? "photo" : "document";
  const query = new URLSearchParams({ name: file.name, kind });
  return ask(`/${id}/file?${query}`, { method: "POST", body: file });
}

async function letterText(number) {
  const response = await fetch(`/people/letters/${number}/text`);
  if (!response.ok) throw new Refused("Этого письма больше нет");
  return response.text();
}

export const api = {
  people: () => ask(""),
  bot: () => ask("/bot"),
  calls: (last) => ask(`/calls?last=${last}`),
  messages: (id, query) => ask(`/${id}/messages?${new URLSearchParams(query)}`),
  fileAddress: (id, fileId) => `/people/${id}/files/${encodeURIComponent(fileId)}`,
  add: (person) => tell("", person),
  start: (id, payload = "") => tell(`/${id}/start`, { payload }),
  write: (id, text) => tell(`/${id}/text`, { text }),
  press: (id, label) => tell(`/${id}/press`, { label }),
  tap: (id, messageId, data) => tell(`/${id}/tap`, { message_id: messageId, data }),
  askInline: (id, text, offset, signal) => tell(`/${id}/inline`, { text, offset }, { signal }),
  pickInline: (id, query, result) => tell(`/${id}/pick`, { query, result }),
  read: (id, messageId) => tell(`/${id}/read`, { message_id: messageId }),
  block: (id) => tell(`/${id}/block`),
  unblock: (id) => tell(`/${id}/unblock`),
  letters: () => ask("/letters"),
  letterPage: (number) => `/people/letters/${number}/page`,
  letterFile: (number, name) => `/people/letters/${number}/files/${encodeURIComponent(name)}`,
  readLetter: (number) => tell(`/letters/${number}/read`),
  letterText,
  reset: () => tell("/reset"),
  upload,
};
