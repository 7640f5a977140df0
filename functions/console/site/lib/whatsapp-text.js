// WhatsApp's own marks in texts: *bold*, _italic_, ~struck~, `code`, ```blocks```, > quotes, lists, links. No markup of
// anybody's is ever drawn: this makes a tree of plain texts.

/** @typedef {{ kind: 'text' | 'bold' | 'italic' | 'struck' | 'code' | 'link', text?: string, inside?: Piece[], href?: string }} Piece */
/** @typedef {{ kind: 'line' | 'quote' | 'bullet' | 'numbered' | 'block', inside: Piece[], mark?: string }} Line */

const MARKS = /** @type {Record<string, 'bold' | 'italic' | 'struck' | 'code'>} */ ({ '*': 'bold', _: 'italic', '~': 'struck', '`': 'code' });
const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}*_~]/giu;

/**
 * A text in lines.
 * @param {string} text
 * @returns {Line[]}
 */
export function readText(text) {
  return text.split('```').flatMap((part, i, all) => {
    // An opening mark without a closing one is a text like any other.
    const isBlock = i % 2 === 1 && i < all.length - 1;
    if (isBlock) return [{ kind: /** @type {const} */ ('block'), inside: [{ kind: /** @type {const} */ ('text'), text: part.replace(/^\n|\n$/g, '') }] }];
    // A block stands on lines of its own: the line ends beside it are not empty lines.
    const bare = i % 2 ? part : part.replace(i > 0 ? /^\n/ : /^(?!)/, '').replace(i < all.length - 2 ? /\n$/ : /(?!)$/, '');
    const whole = i % 2 === 1 ? '```' + part : bare;
    return whole === '' && all.length > 1 ? [] : whole.split('\n').map(line);
  });
}

/** @param {string} text @returns {Line} */
function line(text) {
  if (text.startsWith('> ')) return { kind: 'quote', inside: pieces(text.slice(2)) };
  const bullet = /^[-*•] (?=\S)/.exec(text);
  if (bullet) return { kind: 'bullet', inside: pieces(text.slice(2)) };
  const numbered = /^(\d{1,2})\. (?=\S)/.exec(text);
  if (numbered) return { kind: 'numbered', mark: numbered[1], inside: pieces(text.slice(numbered[0].length)) };
  return { kind: 'line', inside: pieces(text) };
}

/** Marks count only at the edge of words, around something that neither begins nor ends with a space. */
const MARKED = /(^|[\s\p{P}\p{S}])([*_~`])(?=\S)(.+?)(?<=\S)\2(?=$|[\s\p{P}\p{S}])/u;

/** @param {string} text @returns {Piece[]} */
function pieces(text) {
  const links = [...text.matchAll(LINK)];
  if (links.length) {
    const [first] = links;
    const [from, href] = [/** @type {number} */ (first.index), first[0]];
    return [...pieces(text.slice(0, from)), { kind: 'link', href, text: href }, ...pieces(text.slice(from + href.length))];
  }
  const found = MARKED.exec(text);
  if (!found) return text ? [{ kind: 'text', text }] : [];
  const [whole, edge, mark, inner] = found;
  const kind = MARKS[mark];
  const inside = kind === 'code' ? [{ kind: /** @type {const} */ ('text'), text: inner }] : pieces(inner);
  const [head, tail] = [text.slice(0, found.index) + edge, text.slice(found.index + whole.length)];
  return [...(head ? [{ kind: /** @type {const} */ ('text'), text: head }] : []), { kind, inside }, ...pieces(tail)];
}

/** Whether a text is a few emoji and nothing else: WhatsApp shows them large. */
export function isEmojiOnly(/** @type {string} */ text) {
  const bare = text.replace(/\s/g, '');
  return bare.length > 0 && bare.length <= 24 && /^(?:\p{RI}\p{RI}|\p{Emoji_Presentation}|\p{Extended_Pictographic}|[\u200d\ufe0f\u{1f3fb}-\u{1f3ff}])+$/u.test(bare);
}
