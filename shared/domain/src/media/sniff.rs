//! What a file is, by its first bytes: names and senders lie.

/// What the first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The media type.
    pub content_type: &'static str,
    /// Whether it is a picture that moves.
    pub moves: bool,
}

/// What a file is. `None` where its beginning says nothing, or nothing that is shown.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<Seen> {
    let still = |content_type| Some(Seen { content_type, moves: false });
    match bytes {
        [0xff, 0xd8, 0xff, ..] => still("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => still("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => {
            Some(Seen { content_type: "image/gif", moves: true })
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', rest @ ..] => {
            // Of the extended form, bit 1 of the flags says that it moves. See [WebP Container Specification].
            let moves = rest.starts_with(b"VP8X") && rest.get(8).is_some_and(|flags| flags & 2 != 0);
            Some(Seen { content_type: "image/webp", moves })
        }
        [b'O', b'g', b'g', b'S', ..] => still("audio/ogg"),
        [b'I', b'D', b'3', ..] => still("audio/mpeg"),
        [b'#', b'!', b'A', b'M', b'R', ..] => still("audio/amr"),
        [b'%', b'P', b'D', b'F', b'-', ..] => still("application/pdf"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => still("video/webm"),
        // ADTS has no layer, MPEG audio has one.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => still("audio/aac"),
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => still("audio/mpeg"),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => still(match brand.get(..3) {
            Some(b"3gp" | b"3g2") => "video/3gpp",
            Some(b"M4A" | b"M4B") => "audio/mp4",
            _ => "video/mp4",
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (bytes, is) in [
            (b"\xff\xd8\xff\xe0".as_slice(), "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"OggS\0", "audio/ogg"),
            (b"ID3\x04", "audio/mpeg"),
            (b"\xff\xfb\x90\x64", "audio/mpeg"),
            (b"\xff\xf1\x50\x80", "audio/aac"),
            (b"\0\0\0\x18ftypmp42", "video/mp4"),
            (b"\0\0\0\x18ftyp3gp4", "video/3gpp"),
            (b"\0\0\0\x1cftypM4A ", "audio/mp4"),
            (b"%PDF-1.4", "application/pdf"),
            (b"\x1a\x45\xdf\xa3", "video/webm"),
        ] {
            assert_eq!(sniff(bytes).unwrap().content_type, is);
        }
        for nothing in [b"".as_slice(), b"MZ\x90\0", b"<svg xmlns=", b"PK\x03\x04"] {
            assert_eq!(sniff(nothing), None);
        }
    }

    #[test]
    fn a_sticker_that_moves_is_told_from_one_that_does_not() {
        assert!(sniff(b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02").unwrap().moves);
        assert!(!sniff(b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10").unwrap().moves);
        assert!(!sniff(b"RIFF\0\0\0\0WEBPVP8L").unwrap().moves);
    }
}
