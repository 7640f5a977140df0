//! The kinds of files that are served; also read by `build.rs`.

/// Endings, each with its content type and whether it is worth compressing.
const TYPES: [(&str, &str, bool); 12] = [
    ("css", "text/css; charset=utf-8", true),
    ("html", "text/html; charset=utf-8", true),
    ("ico", "image/x-icon", false),
    ("js", "text/javascript; charset=utf-8", true),
    ("json", "application/json", true),
    ("ogg", "audio/ogg", false),
    ("png", "image/png", false),
    ("svg", "image/svg+xml", true),
    ("txt", "text/plain; charset=utf-8", true),
    ("webmanifest", "application/manifest+json", true),
    ("webp", "image/webp", false),
    ("woff2", "font/woff2", false),
];

/// The content type of a path, and whether it is worth compressing. Nothing for what is not served: READMEs,
/// licences, sources of sources.
pub(crate) fn of(path: &str) -> Option<(&'static str, bool)> {
    let (_, ending) = path.rsplit_once('.')?;
    TYPES
        .iter()
        .find(|(known, ..)| *known == ending)
        .map(|(_, content_type, packed)| (*content_type, *packed))
}
