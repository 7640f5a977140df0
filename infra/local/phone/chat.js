// A chat as the customer sees it.

import { clock, day, t } from "/phone/words.js";

/**
 * An element with attributes, listeners (`onclick`) and children. No text is ever read as HTML.
 * @param {string} tag @param {Record<string, any>} [given] @param {...any} children
 */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...there(children));
  return made;
}

/** Children that are there; lists among them are opened. */
export const there = (children) => children.flat(9).filter((child) => child !== undefined && child !== null && child !== false);

/** WhatsApp's formatting: bold, italic, struck out, code, links. */
export function formatted(text) {
  const parts = String(text ?? "").split(/(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|```[^`]+```|https?:\/\/[^\s]+)/g);
  const tags = { "*": "strong", "_": "em", "~": "s" };
  return parts.filter(Boolean).map((part) => {
    if (part.startsWith("```")) return el("code", {}, part.slice(3, -3));
    if (/^https?:/.test(part)) return el("a", { href: part, target: "_blank", rel: "noreferrer noopener" }, part);
    const tag = part.length > 2 && part[0] === part.at(-1) ? tags[part[0]] : undefined;
    return tag ? el(tag, {}, part.slice(1, -1)) : part;
  });
}

/** One line that says what a message is. */
export function summary(entry) {
  if (!entry) return "";
  const body = bodyOf(entry);
  switch (entry.kind) {
    case "text": return body.body ?? "";
    case "template": return entry.content.header || entry.content.body || t("template");
    case "image": return body.caption || `📷 ${t("image")}`;
    case "video": return body.caption || `🎬 ${t("video")}`;
    case "audio": return `🎤 ${t("voice")}`;
    case "document": return `📄 ${body.filename ?? t("document")}`;
    case "sticker": return t("sticker");
    case "location": return `📍 ${body.name ?? t("location")}`;
    case "contacts": return `👤 ${list(body)[0]?.name?.formatted_name ?? t("contact")}`;
    case "interactive": return body.button_reply?.title ?? body.list_reply?.title ?? body.body?.text ?? "";
    case "button": return body.text ?? "";
    default: return t("unsupported");
  }
}

const list = (value) => (Array.isArray(value) ? value : []);

/** What the business sent lies under its type; what the customer wrote is it. */
const bodyOf = (entry) => (entry.direction === "received" ? entry.content[entry.kind] ?? {} : entry.content ?? {});

/** Messages with their reactions, edits and removals; the rest is no message. */
export function messages(chat) {
  const byId = new Map();
  for (const entry of chat) {
    const { kind, content } = entry;
    const body = bodyOf(entry);
    if (kind === "reaction") {
      const target = byId.get(body.message_id);
      if (target) target.reactions[entry.direction] = body.emoji || undefined;
    } else if (kind === "edit") {
      const target = byId.get(content.original_message_id);
      if (target) Object.assign(target, { edited: true, content: { body: content.message?.text?.body ?? "" } });
    } else if (kind === "revoke") {
      const target = byId.get(content.original_message_id);
      if (target) target.removed = true;
    } else {
      byId.set(entry.id, { ...entry, reactions: {} });
    }
  }
  return [...byId.values()];
}

/**
 * @param {any[]} shown messages of one chat
 * @param {{now: number, company: string, press: Function, act: Function, all: any[]}} world
 */
export function thread(shown, world) {
  let last = "";
  return shown.flatMap((entry) => {
    const heading = day(entry.at, world.now);
    const parts = heading === last ? [] : [same(`${entry.number} ${heading}`, heading, () => el("p", { class: "day" }, heading))];
    last = heading;
    const quoted = entry.quotes && world.all.find((other) => other.id === entry.quotes);
    const mark = JSON.stringify([entry, quoted && summary(quoted), t("seen")]);
    return [...parts, same(entry.id, mark, () => bubble(entry, quoted, world))];
  });
}

/** What was drawn, by key. */
const drawn = new Map();

/** The element that stands there already, if it says the same: what plays goes on, and what is open stays open. */
function same(key, mark, draw) {
  const known = drawn.get(key);
  if (known?.mark === mark) return known.node;
  const node = draw();
  drawn.set(key, { mark, node });
  return node;
}

/** Makes a list's children these, and moves none that is in its place. */
export function sync(parent, children) {
  children.forEach((child, place) => {
    if (parent.childNodes[place] !== child) parent.insertBefore(child, parent.childNodes[place] ?? null);
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
}

function bubble(entry, quoted, world) {
  const out = entry.direction === "wrote";
  const stamp = el("span", { class: "stamp" }, entry.edited ? `${t("edited")} ` : "", clock(entry.at),
    out && !entry.removed ? el("span", { class: entry.seen ? "tick seen" : "tick", role: "img", "aria-label": t(entry.seen ? "seen" : "sent") }, entry.seen ? "✓✓" : "✓") : "");
  const reactions = Object.values(entry.reactions).filter(Boolean);
  const inside = entry.removed ? [el("em", {}, `🚫 ${t("removed")}`)] : [
    quoted && el("blockquote", {}, el("b", {}, quoted.direction === "wrote" ? t("you") : world.company), el("span", {}, summary(quoted))),
    ...content(entry, world),
  ];
  return el("article", { class: out ? "msg out" : "msg in", "data-id": entry.id },
    el("div", { class: "bub" }, el("div", { class: "inside" }, inside, stamp), !entry.removed && buttons(entry, world)),
    cards(entry, world),
    reactions.length > 0 && el("span", { class: "react" }, reactions.join(" ")),
    !entry.removed && el("button", { class: "more", "aria-label": t("actions"), onclick: (event) => world.act(entry, event.currentTarget) }, "⌄"));
}

function content(entry, world) {
  const body = bodyOf(entry);
  const media = (id) => (id ? `/sim/media/${encodeURIComponent(id)}` : undefined);
  const caption = body.caption && el("p", {}, formatted(body.caption));
  switch (entry.kind) {
    case "text": case "button": return [el("p", {}, formatted(body.body ?? body.text))];
    case "template": return filled(entry.content);
    case "image": case "sticker": return [picture(media(body.id), entry.kind, body), caption];
    case "video": return [body.id ? el("video", { controls: true, preload: "metadata", src: media(body.id) }) : file("🎬", body.link ?? t("video")), caption];
    case "audio": return [body.id ? el("audio", { controls: true, preload: "metadata", src: media(body.id) }) : file("🎤", t("voice"))];
    case "document": return [file("📄", body.filename ?? t("document"), media(body.id) ?? body.link), caption];
    case "location": return [el("div", { class: "place" }, "📍 ", el("b", {}, body.name ?? t("location")), el("span", {}, body.address ?? `${body.latitude}, ${body.longitude}`))];
    case "contacts": return list(body).map((one) => el("div", { class: "place" }, "👤 ", el("b", {}, one.name?.formatted_name ?? ""), el("span", {}, one.phones?.[0]?.phone ?? "")));
    case "interactive": return interactive(body, world, entry);
    default: return [el("em", {}, t("unsupported"))];
  }
}

const file = (sign, name, href) => el("div", { class: "file" }, `${sign} `, href ? el("a", { href, download: name, target: "_blank", rel: "noreferrer noopener" }, name) : name);

const picture = (src, kind, body) =>
  src ? el("img", { class: kind, src, alt: body.caption ?? t("image"), loading: "lazy" }) : file("📷", body.link ?? t("image"));

const filled = (it) => [
  it.header && (typeof it.header === "string" ? el("b", { class: "head" }, it.header) : file("🖼", it.header.filename ?? it.header.format ?? it.header.type ?? "")),
  it.body && el("p", {}, formatted(it.body)),
  it.footer && el("small", {}, it.footer),
];

function interactive(body) {
  if (body.button_reply || body.list_reply) return [el("p", {}, (body.button_reply ?? body.list_reply).title)];
  return [
    body.header?.text && el("b", { class: "head" }, body.header.text),
    el("p", {}, formatted(body.body?.text)),
    body.footer?.text && el("small", {}, body.footer.text),
  ];
}

/** What can be pressed under a message: quick replies, reply buttons, rows of a list. */
function buttons(entry, world) {
  if (entry.direction !== "received") return undefined;
  const shown = [];
  const body = bodyOf(entry);
  const press = (label, answer) => shown.push(el("button", { onclick: () => world.press(entry, answer) }, label));
  for (const one of list(entry.content.buttons)) template(one, press, shown);
  if (body.type === "button") {
    for (const { reply } of list(body.action?.buttons)) press(`↩ ${reply.title}`, { type: "button_reply", body: { id: reply.id, title: reply.title } });
  }
  if (body.type === "list") {
    const rows = list(body.action?.sections).flatMap((section) => list(section.rows));
    const pressRow = (row) => world.press(entry, { type: "list_reply", body: { id: row.id, title: row.title, description: row.description } });
    shown.push(el("details", {}, el("summary", {}, `☰ ${body.action?.button ?? t("options")}`),
      rows.map((row) => el("button", { onclick: () => pressRow(row) }, row.title, row.description ? el("small", {}, row.description) : ""))));
  }
  if (body.type === "cta_url") shown.push(el("span", {}, `↗ ${body.action?.parameters?.display_text ?? ""}`));
  return shown.length > 0 ? el("div", { class: "buttons" }, shown) : undefined;
}

function template(one, press, shown) {
  const kind = String(one.type ?? "").toUpperCase();
  if (kind === "QUICK_REPLY") press(`↩ ${one.text}`, { type: "button", body: { payload: one.payload ?? one.text, text: one.text } });
  else shown.push(el("span", {}, `${kind === "PHONE_NUMBER" ? "📞" : "↗"} ${one.text ?? ""}`));
}

/** The cards of a carousel, side by side. */
function cards(entry, world) {
  const all = list(entry.content?.carousel ?? entry.content?.cards);
  if (all.length === 0 || entry.direction !== "received") return undefined;
  return el("div", { class: "cards", tabindex: 0 }, all.map((card) => {
    const shown = [];
    for (const one of list(card.buttons)) template(one, (label, answer) => shown.push(el("button", { onclick: () => world.press(entry, answer) }, label)), shown);
    return el("div", { class: "bub card" }, el("div", { class: "inside" }, filled(card)), el("div", { class: "buttons" }, shown));
  }));
}
