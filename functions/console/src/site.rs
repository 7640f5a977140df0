//! The files of the site, and how each is sent.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::types;

/// A file as `build.rs` embeds it.
struct File {
    path: &'static str,
    content_type: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// By path.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The first part of the paths under which the page asks for everything else: it changes with any of the files.
const VERSION: &str = include_str!(concat!(env!("OUT_DIR"), "/version"));

/// For a year, never asked for again: what has its version in its path never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Kept, and asked for each time: a page must not be older than what serves it.
const ASK_FIRST: &str = "no-cache";

/// Where the files come from.
#[derive(Debug)]
pub(crate) enum Site {
    /// This build.
    Embedded,
    /// A folder, read each time.
    Folder(PathBuf),
}

/// A file that was found.
pub(crate) struct Found {
    content_type: &'static str,
    etag: Option<&'static str>,
    cached: &'static str,
    plain: Cow<'static, [u8]>,
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

impl Site {
    /// The file of this path, without its first slash.
    pub(crate) fn find(&self, path: &str) -> Option<Found> {
        match self {
            Self::Embedded => match versioned(path) {
                Some((VERSION, path)) => {
                    embedded(path).map(|file| Found { etag: None, cached: FOR_EVER, ..Found::of(file) })
                }
                // A page that was loaded before this build asks for a part that it has not needed yet.
                Some((_, path)) => embedded(path).map(|file| Found { cached: "no-store", ..Found::of(file) }),
                None => embedded(path).map(Found::of),
            },
            Self::Folder(folder) => read(folder, path),
        }
    }
}

/// A version and the path under it.
fn versioned(path: &str) -> Option<(&str, &str)> {
    path.split_once('/').filter(|(first, _)| first.starts_with('~'))
}

fn embedded(path: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(at)
}

fn read(folder: &Path, path: &str) -> Option<Found> {
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let (content_type, _) = types::of(path).filter(|_| inside)?;
    let plain = std::fs::read(folder.join(path)).ok()?.into();
    Some(Found { content_type, etag: None, cached: "no-store", plain, brotli: None, gzip: None })
}

impl Found {
    fn of(file: &'static File) -> Self {
        Self {
            content_type: file.content_type,
            etag: Some(file.etag),
            cached: ASK_FIRST,
            plain: file.plain.into(),
            brotli: file.brotli,
            gzip: file.gzip,
        }
    }

    /// The answer to a request for it: compressed as the browser takes it, and not at all if it has it already.
    pub(crate) fn response(self, method: &Method, asked: &HeaderMap) -> Response {
        let (encoding, body) = match (self.brotli, self.gzip) {
            (Some(packed), _) if takes(asked, "br") => (Some("br"), Cow::Borrowed(packed)),
            (_, Some(packed)) if takes(asked, "gzip") => (Some("gzip"), Cow::Borrowed(packed)),
            _ => (None, self.plain),
        };
        let etag = self
            .etag
            .map(|etag| format!("\"{etag}{}\"", encoding.map(|it| format!("-{it}")).unwrap_or_default()));
        let is_known = etag.as_deref().is_some_and(|etag| knows(asked, etag));
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let length = HeaderValue::from(body.len());
            let body = if method == Method::HEAD { Body::empty() } else { Body::from(body.into_owned()) };
            let mut response = Response::new(body);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            headers.insert(header::CONTENT_LENGTH, length);
            if let Some(encoding) = encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cached));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(etag) = etag.and_then(|etag| HeaderValue::try_from(etag).ok()) {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}

/// Whether a browser takes an encoding. Nobody lists one in order to refuse it but with `q=0`.
fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    let listed = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(encoding)
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn knows(asked: &HeaderMap, etag: &str) -> bool {
    let listed = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_refuses_it_is_not_sent() {
        let asked = |value: &'static str| {
            HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
        };
        assert!(takes(&asked("gzip, deflate, br"), "br"));
        assert!(takes(&asked("gzip;q=0.5"), "gzip"));
        assert!(!takes(&asked("gzip, br;q=0"), "br"));
        assert!(!takes(&asked("x-br"), "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn nothing_outside_of_a_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("site")).unwrap();
        std::fs::write(folder.path().join("secret.json"), "{}").unwrap();
        std::fs::write(folder.path().join("site/a.json"), "{}").unwrap();
        let site = folder.path().join("site");
        assert!(read(&site, "a.json").is_some());
        for path in ["../secret.json", "/etc/hosts.json", "b.json", "./../secret.json"] {
            assert!(read(&site, path).is_none(), "{path}");
        }
    }
}
