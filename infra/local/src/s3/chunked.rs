//! The `aws-chunked` body: chunks with or without signatures, then trailers.

use bytes::Bytes;

use super::errors::S3Error;

/// A body taken out of its chunks.
#[derive(Debug)]
pub(super) struct Unchunked {
    pub(super) bytes: Bytes,
    /// Trailers, their names in lower case.
    pub(super) trailers: Vec<(String, String)>,
}

/// Takes a body out of its chunks. Signatures are not checked: there are no secrets in this world.
pub(super) fn decode(body: &[u8]) -> Result<Unchunked, S3Error> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let (line, after) = split_line(rest).ok_or_else(|| malformed("a chunk without a header"))?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| malformed("a chunk without a size"))?;
        if size == 0 {
            return Ok(Unchunked { bytes: bytes.into(), trailers: trailers(after) });
        }
        let chunk = after.get(..size).ok_or_else(|| malformed("a chunk that ends early"))?;
        bytes.extend_from_slice(chunk);
        rest = after[size..].strip_prefix(b"\r\n").ok_or_else(|| malformed("a chunk that does not end"))?;
    }
}

fn trailers(mut rest: &[u8]) -> Vec<(String, String)> {
    let mut trailers = Vec::new();
    while !rest.is_empty() {
        let (line, after) = split_line(rest).unwrap_or_else(|| (text(rest), &[]));
        if let Some((name, value)) = line.split_once(':') {
            trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        rest = after;
    }
    trailers
}

fn split_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(2).position(|it| it == b"\r\n")?;
    Some((text(&bytes[..end]), &bytes[end + 2..]))
}

/// Headers are ASCII; what is not cannot be a size or a checksum.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn malformed(what: &str) -> S3Error {
    S3Error::InvalidRequest(format!("The aws-chunked body has {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_is_its_chunks_and_its_trailers() {
        let body = b"5;chunk-signature=ab\r\nhello\r\n6\r\n world\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32: DUoRhQ==\r\nx-amz-trailer-signature:ef\r\n\r\n";
        let decoded = decode(body).unwrap();
        assert_eq!(decoded.bytes, "hello world");
        assert_eq!(decoded.trailers[0], ("x-amz-checksum-crc32".to_owned(), "DUoRhQ==".to_owned()));
    }

    #[test]
    fn a_chunked_body_cut_short_is_refused_and_not_kept_in_part() {
        let whole = b"5\r\nhello\r\n0\r\n\r\n";
        for end in 0..=10 {
            assert!(decode(&whole[..end]).is_err(), "the first {end} bytes");
        }
        assert!(decode(b"ffffffffffffffff\r\nx").is_err());
    }
}
