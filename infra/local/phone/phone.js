// The page: who is chosen, what they do, and a look at the simulator each second.

import { el, messages, summary, sync, there, thread } from "/phone/chat.js";
import { asOgg } from "/phone/ogg.js";
import { clock, language, switchLanguage, t } from "/phone/words.js";

const at = (id) => document.getElementById(id);
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const LONGEST_EDIT = 15 * 60_000;

const state = {
  people: [], numbers: [], person: undefined, number: undefined, now: Date.now(), offline: false,
  reply: undefined, edit: undefined, draft: "", recorder: undefined, drawn: "", adding: false, menu: undefined,
};

// ---- The simulator ----

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const answer = await fetch(`/sim${path}`, options);
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(read.error ?? String(answer.status));
  return read;
}

const path = (rest = "") => `/people/${encodeURIComponent(state.person.id)}${rest}`;

/** Does something as the customer, and shows what became of it. */
async function act(rest, body) {
  try {
    await ask(path(rest), body);
  } catch (error) {
    say(`${t("refused")}: ${error.message}`);
  }
  await look();
}

async function look() {
  try {
    const [clockNow, numbers] = await Promise.all([ask("/clock"), ask("/numbers")]);
    state.now = Date.parse(clockNow.now);
    state.numbers = numbers.numbers;
    if (state.people.length === 0) state.people = await ask("/people");
    if (state.person) {
      const before = received().length;
      state.person = await ask(path());
      await readScreen();
      const all = received();
      if (all.length > before) say(`${t("newFrom")} ${company()}: ${summary(all.at(-1))}`);
    }
    state.offline = false;
  } catch {
    state.offline = true;
  }
  draw();
}

/** What is on the screen counts as read: the phone reads nothing by itself. */
async function readScreen() {
  const unread = received().some((entry) => entry.seen === false);
  if (state.number && unread && document.visibilityState === "visible") {
    await ask(path("/read"), { to: state.number });
    state.person = await ask(path());
  }
}

const chat = () => (state.person?.chat ?? []).filter((entry) => entry.number === state.number);
const received = () => chat().filter((entry) => entry.direction === "received");
const nameOf = (id) => state.numbers.find((number) => number.id === id)?.verified_name ?? id;
const company = () => nameOf(state.number);
const say = (text) => { at("said").textContent = text; };

async function choose(id) {
  Object.assign(state, { person: { id, chat: [] }, number: undefined, reply: undefined, edit: undefined, draft: "", drawn: "" });
  location.hash = encodeURIComponent(id);
  await act("/behaviour", { reads: false });
}

const write = (body) => act("/messages", { to: state.number, ...body });

async function send(text) {
  const words = text.trim();
  if (!words) return;
  const { edit, reply } = state;
  Object.assign(state, { draft: "", edit: undefined, reply: undefined, drawn: "" });
  if (edit) await write({ type: "edit", body: { original_message_id: edit.id, text: words } });
  else await write({ text: words, reply_to: reply?.id });
  document.querySelector(".write textarea")?.focus();
}

const base64 = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result).split(",", 2)[1]);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});

async function sendFile(file, type) {
  const body = type === "document" ? { filename: file.name } : {};
  await write({ type, mime_type: file.type || "application/octet-stream", bytes: await base64(file), body });
}

function pick(type, accept) {
  const input = el("input", { type: "file", accept });
  input.addEventListener("change", () => input.files[0] && sendFile(input.files[0], type));
  input.click();
}

/** Records until it is pressed again. Without a microphone a sample is sent. */
async function record() {
  if (state.recorder) return state.recorder.stop();
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const kind = ["audio/ogg; codecs=opus", "audio/webm; codecs=opus", "audio/mp4"].find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(stream, { mimeType: kind });
    const parts = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", async () => {
      stream.getTracks().forEach((track) => track.stop());
      state.recorder = undefined;
      const note = await asOgg(new Blob(parts, { type: kind }));
      await write({ type: "voice", mime_type: note.type, bytes: await base64(note) });
    });
    recorder.start();
    state.recorder = recorder;
    draw();
  } catch {
    say(t("noMicrophone"));
    await write({ type: "voice" });
  }
}

// ---- The phone ----

function draw() {
  const mark = JSON.stringify([state.person, state.number, state.reply?.id, state.edit?.id, state.people.length, state.adding, state.offline,
    Boolean(state.recorder), state.menu?.id, language(), clock(state.now)]);
  if (mark === state.drawn) return;
  state.drawn = mark;
  document.documentElement.lang = language();
  document.title = `${t("title")} · Ventana`;
  at("console-name").textContent = t("console");
  at("phone-name").textContent = t("phone");
  drawControls();
  const screen = at("screen");
  const frame = JSON.stringify([state.number, state.person?.id, state.reply?.id, state.edit?.id, state.offline, Boolean(state.recorder), language()]);
  const old = screen.querySelector(".thread");
  const atEnd = !old || old.scrollHeight - old.scrollTop - old.clientHeight < 60;
  if (old && state.number && frame === state.frame) {
    screen.querySelector(".status span").textContent = clock(state.now);
    sync(old, bubbles());
    if (atEnd) old.scrollTop = old.scrollHeight;
    return;
  }
  state.frame = frame;
  const scrolled = old?.scrollTop ?? 0;
  const focused = document.activeElement?.matches(".write textarea");
  screen.replaceChildren(...there([
    el("div", { class: "status", "aria-hidden": "true" }, el("span", {}, clock(state.now)), el("span", {}, "5G ▮▮▮")),
    state.offline && el("p", { class: "offline", role: "alert" }, t("offline")),
    state.number ? chatScreen() : listScreen(),
  ]));
  const now = screen.querySelector(".thread");
  if (now) now.scrollTop = atEnd ? now.scrollHeight : scrolled;
  if (focused) screen.querySelector(".write textarea")?.focus();
}

function listScreen() {
  const last = (id) => messages(state.person?.chat ?? []).filter((entry) => entry.number === id).at(-1);
  const unread = (id) => (state.person?.chat ?? []).filter((entry) => entry.number === id && entry.direction === "received" && entry.seen === false).length;
  const rows = state.numbers.map((number) => {
    const entry = last(number.id);
    const count = unread(number.id);
    const open = () => { state.number = number.id; look(); };
    return el("li", {}, el("button", { class: "row", onclick: open, disabled: !state.person },
      el("span", { class: "face", "aria-hidden": "true" }, "🪟"),
      el("span", { class: "grow" }, el("b", {}, number.verified_name), el("small", {}, entry ? summary(entry) : number.display)),
      el("span", { class: "side" }, entry ? clock(entry.at) : "", count > 0 && el("i", { class: "count" }, String(count)))));
  });
  return [el("header", {}, el("h3", {}, t("chats"))), el("div", { class: "list" }, el("p", { class: "hint" }, t("noChats")), el("ul", {}, rows))];
}

function bubbles() {
  const all = messages(state.person.chat ?? []);
  const shown = all.filter((entry) => entry.number === state.number);
  const blocked = state.person.blocks?.includes(state.number);
  const press = (entry, answer) => write({ ...answer, reply_to: entry.id });
  return there([thread(shown, { now: state.now, company: company(), press, act: menu, all }), blocked && el("p", { class: "day" }, t("blocked"))]);
}

function chatScreen() {
  const back = () => { Object.assign(state, { number: undefined, reply: undefined, edit: undefined }); draw(); };
  return [
    el("header", {}, el("button", { class: "icon", "aria-label": t("back"), onclick: back }, "‹"),
      el("span", { class: "face", "aria-hidden": "true" }, "🪟"), el("h3", {}, company())),
    el("div", { class: "thread", role: "log", tabindex: 0, "aria-label": company() },
      bubbles()),
    composer(),
  ];
}

function composer() {
  const about = state.edit ?? state.reply;
  const cancel = () => { Object.assign(state, { edit: undefined, reply: undefined, draft: "" }); draw(); };
  const area = el("textarea", { rows: 1, "aria-label": t("message"), placeholder: t("message") });
  area.value = state.draft;
  area.addEventListener("input", () => { state.draft = area.value; });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(area.value); }
    if (event.key === "Escape" && about) cancel();
  });
  const choice = (label, then) => el("button", { onclick: (event) => { event.currentTarget.closest("details").open = false; then(); } }, label);
  const attach = el("details", { class: "attach" }, el("summary", { "aria-label": t("attach") }, "+"), el("div", { class: "menu" },
    choice(t("picture"), () => pick("image", "image/jpeg,image/png")),
    choice(t("document"), () => pick("document", "")),
    choice(t("location"), () => write({ type: "location", body: { latitude: 10.4961, longitude: -66.8434, name: "Parque del Este", address: "Av. Francisco de Miranda, Caracas" } })),
    choice(t("contact"), () => write({ type: "contacts" })),
    choice(t("sticker"), () => write({ type: "sticker" }))));
  return el("footer", {},
    about && el("div", { class: "about" }, el("b", {}, state.edit ? t("editing") : about.direction === "wrote" ? t("you") : company()),
      el("span", {}, summary(about)), el("button", { class: "icon", "aria-label": t("cancel"), onclick: cancel }, "✕")),
    el("div", { class: "write" }, attach, area,
      el("button", { class: "icon", "aria-label": t(state.recorder ? "stopRecord" : "record"), "aria-pressed": String(Boolean(state.recorder)), onclick: record }, state.recorder ? "⏺" : "🎤"),
      el("button", { class: "go", "aria-label": t("send"), onclick: () => send(area.value) }, "➤")));
}

/** What can be done with one message. */
function menu(entry, opener) {
  const own = entry.direction === "wrote";
  const close = () => { box.remove(); opener.focus(); };
  const choice = (label, then) => el("button", { role: "menuitem", onclick: () => { close(); then(); } }, label);
  const fresh = state.now - Date.parse(entry.at) < LONGEST_EDIT;
  const begin = (what) => { Object.assign(state, { reply: undefined, edit: undefined, [what]: entry, draft: what === "edit" ? summary(entry) : state.draft }); draw(); document.querySelector(".write textarea")?.focus(); };
  const box = el("div", { class: "menu floating", role: "menu", "aria-label": t("actions") },
    el("div", { class: "emoji" }, EMOJI.map((emoji) => el("button", { role: "menuitem", "aria-label": `${t("react")} ${emoji}`, onclick: () => { close(); act("/react", { emoji, message_id: entry.id, to: state.number }); } }, emoji))),
    entry.reactions.wrote && choice(t("noReaction"), () => act("/react", { emoji: null, message_id: entry.id, to: state.number })),
    choice(t("reply"), () => begin("reply")),
    own && fresh && entry.kind === "text" && choice(t("edit"), () => begin("edit")),
    own && choice(t("remove"), () => write({ type: "revoke", body: { original_message_id: entry.id } })));
  box.addEventListener("keydown", (event) => {
    const items = [...box.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) { event.preventDefault(); items.at((items.indexOf(document.activeElement) + step) % items.length).focus(); }
    if (event.key === "Escape") close();
  });
  document.querySelector(".floating")?.remove();
  opener.closest(".msg").append(box);
  box.querySelector("button").focus();
  box.scrollIntoView({ block: "nearest" });
}

// ---- The controls ----

function drawControls() {
  const button = (label, then, disabled) => el("button", { onclick: then, disabled }, label);
  const { person } = state;
  const select = el("select", { "aria-label": t("customer") }, el("option", { value: "" }, "—"),
    state.people.map((one) => el("option", { value: one.id, selected: one.id === person?.id },
      one.username && !one.phone_visible ? `${one.name} · @${one.username}` : `${one.name} · +${one.phone}`)));
  select.addEventListener("change", () => select.value && choose(select.value));
  const forward = (seconds) => async () => { try { await ask("/clock", { forward: seconds }); } catch (error) { say(error.message); } look(); };
  const off = person?.behaviour?.phone_off;
  const blocked = person?.blocks?.includes(state.number);
  at("controls").replaceChildren(...there([el("h1", { id: "controls-name" }, t("simulate")),
    el("h2", {}, t("customer")), select, button(t("newCustomer"), () => { state.adding = !state.adding; draw(); }),
    state.adding && newCustomer(),
    person?.name && [
      button(t(person.phone_visible ? "hide" : "showPhone"), () => act("", { phone_visible: !person.phone_visible, username: person.username ?? person.id }), false),
      button(t(blocked ? "unblock" : "block"), () => act("/block", { to: state.number, blocked: !blocked }), !state.number),
      button(t(person.stopped_marketing ? "resume" : "stop"), () => act("/stop", { to: state.number, value: person.stopped_marketing ? "resume" : "stop" }), !state.number),
      button(t(off ? "on" : "off"), () => act("/behaviour", { phone_off: !off })),
    ],
    el("h2", {}, t("time")), button(t("hour"), forward(3_600)), button(t("day"), forward(72_000)),
    el("h2", {}, "Ventana"), button(t("theme"), switchTheme), button(t("language"), () => { switchLanguage(); draw(); }),
    el("p", { class: "hint" }, t("free"))]));
}

function newCustomer() {
  const field = (name, type = "text") => el("label", {}, t(name), el("input", { name, type, autocomplete: "off" }));
  const form = el("div", { class: "new" }, field("name"), field("number", "tel"), field("username"), el("button", { onclick: add }, t("create")));
  async function add() {
    const value = (name) => form.querySelector(`[name=${name}]`).value.trim();
    const username = value("username").replace(/^@/, "") || undefined;
    try {
      const made = await ask("/people", { name: value("name") || username || "Nueva persona", phone: value("number") || undefined, username, phone_visible: !username });
      state.adding = false;
      state.people = [];
      await look();
      await choose(made.id);
    } catch (error) {
      say(`${t("refused")}: ${error.message}`);
    }
  }
  return form;
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

document.addEventListener("keydown", (event) => { if (event.key === "Escape") document.querySelector(".floating")?.remove(); });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
if (matchMedia("(min-width: 1100px)").matches) at("console").append(el("iframe", { src: "/", title: t("console"), allow: "microphone" }));

await look();
const wanted = decodeURIComponent(location.hash.slice(1));
const first = state.people.find((one) => one.id === wanted) ?? state.people.find((one) => one.id === "daniela") ?? state.people[0];
if (first) await choose(first.id);
setInterval(() => document.visibilityState === "visible" && look(), 1_000);
