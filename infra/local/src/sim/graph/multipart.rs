//! Reads a `multipart/form-data` body: as much of it as a media upload needs.

/// One part of a form.
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: &'a [u8],
}

/// The parts, or `None` if the body is not such a form.
pub(crate) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = content_type.split(';').find_map(|piece| piece.trim().strip_prefix("boundary="))?;
    let delimiter = format!("--{}", boundary.trim_matches('"'));
    let mut parts = Vec::new();
    let mut rest = &body[find(body, delimiter.as_bytes())? + delimiter.len()..];
    let ending = format!("\r\n{delimiter}");
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let end = find(after, ending.as_bytes())?;
        parts.push(part(&after[..end])?);
        rest = &after[end + ending.len()..];
    }
    rest.starts_with(b"--").then_some(parts)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut part = Part { name: String::new(), filename: None, content_type: None, bytes: &bytes[end + 4..] };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                part.name = attribute(value, "name")?;
                part.filename = attribute(value, "filename");
            }
            "content-type" => part.content_type = Some(value.trim().into()),
            _ => {}
        }
    }
    Some(part)
}

fn attribute(value: &str, name: &str) -> Option<String> {
    let found = value.split(';').find_map(|piece| piece.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(found.trim_matches('"').into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_a_field_and_a_file_is_read() {
        let body = b"--xy\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n--xy\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--x\r\n--xy--\r\n";
        let parts = parts("multipart/form-data; boundary=xy", body).unwrap();
        assert_eq!((parts[0].name.as_str(), parts[0].bytes), ("type", &b"image/png"[..]));
        assert_eq!(parts[1].filename.as_deref(), Some("a.png"));
        assert_eq!(parts[1].bytes, b"\x89PNG\r\n\r\n--x");
    }

    #[test]
    fn a_body_that_is_cut_short_is_no_form() {
        assert!(parts("multipart/form-data; boundary=xy", b"--xy\r\nContent-Disp").is_none());
        assert!(parts("application/json", b"{}").is_none());
    }
}
