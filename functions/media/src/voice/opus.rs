//! What stands in front of Opus packets, and how long each is. See [RFC 7845] and [RFC 6716, section 3.1].

/// The rate in which Opus counts, whatever is heard: samples a second.
pub(super) const RATE: u64 = 48_000;
/// The most samples of one packet: 120 ms.
pub(super) const MOST: usize = 5_760;

/// Channels and samples to be skipped, out of a head. `None` if it is none, or of a sound with more than two channels.
pub(super) fn read_head(head: &[u8]) -> Option<(u8, u16)> {
    let rest = head.strip_prefix(b"OpusHead")?;
    let &[version, channels, low, high, _, _, _, _, _, _, family, ..] = rest else { return None };
    let known = version >> 4 == 0 && family == 0 && matches!(channels, 1 | 2);
    known.then(|| (channels, u16::from_le_bytes([low, high])))
}

/// A head. One channel says what is to be heard: packets of two are mixed by whoever plays them.
pub(super) fn head(skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(skip.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    // No gain; the usual layout of channels.
    head.extend([0, 0, 0]);
    head
}

/// The words of a file: only who wrote it.
pub(super) fn tags() -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    tags.extend(7_u32.to_le_bytes());
    tags.extend(b"ventana");
    tags.extend(0_u32.to_le_bytes());
    tags
}

/// How many samples a packet has. What is no packet has none.
pub(super) fn samples(packet: &[u8]) -> u64 {
    let Some(toc) = packet.first() else { return 0 };
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |count| u64::from(count & 63)),
    };
    (frame * frames).min(MOST as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_says_how_long_it_is() {
        for (packet, length) in [
            (&[0x78_u8][..], 960), // CELT, 20 ms, one frame
            (&[0x08], 960),        // SILK, 20 ms
            (&[0x18], 2_880),      // SILK, 60 ms
            (&[0x79], 1_920),      // two frames
            (&[0x7b, 3], 2_880),   // three frames
            (&[0x7b], 0),
            (&[0x1b, 63], 5_760),
            (&[], 0),
        ] {
            assert_eq!(samples(packet), length, "{packet:?}");
        }
    }

    #[test]
    fn a_head_is_read_as_it_was_written() {
        assert_eq!(read_head(&head(312)), Some((1, 312)));
        assert_eq!(read_head(b"OpusHead"), None);
        assert_eq!(read_head(b"OpusTags\x01\x01\0\0\0\0\0\0\0\0\0"), None);
    }
}
