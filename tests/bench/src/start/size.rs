//! What a binary weighs.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tests::binaries;

use crate::BoxError;

/// Headers of a ZIP archive with one file named `bootstrap`: 30 + 46 + 22 bytes and the name twice.
const ZIP_HEADERS: usize = 116;

/// Bytes of a function's binary, as it lies there and as the one file of a ZIP archive.
pub(crate) fn of(function: &str) -> Result<(usize, usize), BoxError> {
    let path = binaries::bootstrap(function);
    let missing = |why| format!("{}: {why}; build it with {}", path.display(), binaries::BUILD);
    let bytes = fs::read(&path).map_err(missing)?;
    // The level that `cargo lambda build --output-format zip` and `sam` use.
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(&bytes)?;
    Ok((bytes.len(), deflated.finish()?.len() + ZIP_HEADERS))
}
