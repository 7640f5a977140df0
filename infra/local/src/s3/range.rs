//! A part of an object: `Range: bytes=first-last`.

use std::ops::Range;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};

use super::errors::S3Error;
use super::object::Object;
use super::protocol::{value, with_head};

/// The bytes that are asked for, if not all are. A range that cannot be read means all, as RFC 9110 has it.
pub(super) fn asked(headers: &HeaderMap, size: usize) -> Result<Option<Range<usize>>, S3Error> {
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..size.min(last.saturating_add(1)),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.start >= size { Err(S3Error::InvalidRange) } else { Ok(Some(range)) }
}

/// The answer with these bytes.
pub(super) fn part(object: &Object, range: Range<usize>) -> Result<Response, S3Error> {
    let bytes = object.bytes.slice(range.clone());
    let length = value(&bytes.len().to_string())?;
    let mut response = with_head(&object.head, Body::from(bytes))?;
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let place = format!("bytes {}-{}/{}", range.start, range.end - 1, object.bytes.len());
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response.headers_mut().insert(header::CONTENT_RANGE, value(&place)?);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_within_the_object_or_refused() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, text.parse().unwrap());
            asked(&headers, 10)
        };
        assert_eq!(of("bytes=0-3"), Ok(Some(0..4)));
        assert_eq!(of("bytes=8-99"), Ok(Some(8..10)));
        assert_eq!(of("bytes=8-"), Ok(Some(8..10)));
        assert_eq!(of("bytes=-3"), Ok(Some(7..10)));
        assert_eq!(of("bytes=10-"), Err(S3Error::InvalidRange));
        for all in ["lines=1-2", "bytes=5-2", "bytes=a-b"] {
            assert_eq!(of(all), Ok(None), "{all}");
        }
    }
}
