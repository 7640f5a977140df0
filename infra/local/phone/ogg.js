// A recording as WhatsApp's phones send it: Opus in Ogg. Browsers that record WebM have the same packets in another wrapping.

const [SEGMENT, CLUSTER, TRACKS, TRACK, GROUP] = [0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0];
const [HEAD, BLOCK, SIMPLE_BLOCK] = [0x63a2, 0xa1, 0xa3];
const INSIDE = new Set([SEGMENT, CLUSTER, TRACKS, TRACK, GROUP]);
/** How many packets stand in a page: a second of 20 ms each. */
const PACKETS = 50;

/** The Opus head and the packets of a WebM. @param {Uint8Array} bytes */
function packetsOf(bytes) {
  const found = { head: undefined, packets: [] };
  let at = 0;
  /** A number whose first byte says how long it is; of an id that mark stays. */
  const number = (keepMark) => {
    const length = Math.clz32(bytes[at]) - 23;
    let value = keepMark ? bytes[at] : bytes[at] & (0xff >> length);
    let isOpen = !keepMark && value === 0xff >> length;
    for (let i = 1; i < length; i += 1) { value = value * 256 + bytes[at + i]; isOpen &&= bytes[at + i] === 0xff; }
    at += length;
    return isOpen ? Infinity : value;
  };
  while (at < bytes.length) {
    const id = number(true);
    const size = number(false);
    if (INSIDE.has(id)) continue;
    const body = bytes.subarray(at, at + size);
    if (id === HEAD) found.head = body;
    // Before the packet: the track, the time, flags. There is one track, and its number takes one byte.
    if (id === BLOCK || id === SIMPLE_BLOCK) found.packets.push(body.subarray(4));
    at += size;
  }
  return found;
}

/** How many samples at 48 kHz a packet has. See RFC 6716, section 3.1. @param {Uint8Array} packet */
function samples([toc, count]) {
  const kind = toc >> 3;
  const frame = kind < 12 ? [480, 960, 1920, 2880][kind & 3] : kind < 16 ? [480, 960][kind & 1] : [120, 240, 480, 960][kind & 3];
  return frame * [1, 2, 2, count & 63][toc & 3];
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let i = 0; i < 8; i += 1) rest = rest & 0x80000000 ? (rest << 1) ^ 0x04c11db7 : rest << 1;
  return rest;
});

/** A page of Ogg. See RFC 3533, section 6. @param {Uint8Array[]} packets @param {{ flags: number, position: number, number: number }} facts */
function page(packets, { flags, position, number }) {
  const laces = packets.flatMap((packet) => [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const made = new Uint8Array(27 + laces.length + packets.reduce((sum, packet) => sum + packet.length, 0));
  const view = new DataView(made.buffer);
  made.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigUint64(6, BigInt(position), true);
  view.setUint32(14, 1, true);
  view.setUint32(18, number, true);
  made[26] = laces.length;
  made.set(laces, 27);
  let at = 27 + laces.length;
  for (const packet of packets) { made.set(packet, at); at += packet.length; }
  view.setUint32(22, made.reduce((rest, byte) => (rest << 8) ^ CRC[((rest >>> 24) ^ byte) & 255], 0) >>> 0, true);
  return made;
}

/** @param {Blob} recording Opus in WebM or Ogg @returns {Promise<Blob>} */
export async function asOgg(recording) {
  const bytes = new Uint8Array(await recording.arrayBuffer());
  const { head, packets } = bytes[0] === 0x1a ? packetsOf(bytes) : {};
  if (!head || !packets.length) return recording;
  const tags = new TextEncoder().encode("OpusTags\x07\0\0\0ventana\0\0\0\0");
  const pages = [page([head], { flags: 2, position: 0, number: 0 }), page([tags], { flags: 0, position: 0, number: 1 })];
  let position = 0;
  // Laces of a page are at most 255, and a packet of a voice takes one or two.
  for (let from = 0; from < packets.length; from += PACKETS) {
    const some = packets.slice(from, from + PACKETS);
    position += some.reduce((sum, packet) => sum + samples(packet), 0);
    pages.push(page(some, { flags: from + PACKETS < packets.length ? 0 : 4, position, number: pages.length }));
  }
  return new Blob(pages, { type: "audio/ogg; codecs=opus" });
}
