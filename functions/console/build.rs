//! Embeds `site/`: each file as it is and, where it is text, compressed as browsers take it. What is served was
//! compressed once, here, as well as it can be.
//!
//! The page asks for all others under a path that changes with any of them, so that browsers keep them for good.

use std::fmt::Write as _;
use std::io::{Error, Result, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

#[path = "src/types.rs"]
mod types;

fn main() -> Result<()> {
    let site = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("site");
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/types.rs");
    println!("cargo::rerun-if-changed=site");
    let mut files = Vec::new();
    walk(&site, &mut files)?;
    let mut named: Vec<(String, PathBuf)> = files
        .into_iter()
        .filter_map(|file| {
            let path = file.strip_prefix(&site).ok()?.to_str()?.replace('\\', "/");
            Some((path, file))
        })
        .collect();
    named.sort();
    let version = version(&named)?;
    fs::write(out.join("version"), &version)?;
    let page = site.join(PAGE);
    let rewritten = out.join(PAGE);
    fs::write(&rewritten, with_version(&fs::read_to_string(&page)?, &version))?;
    let mut table = String::from("&[\n");
    for (index, (path, file)) in named.iter().enumerate() {
        println!("cargo::rerun-if-changed={}", file.display());
        table += &entry(index, path, if *file == page { &rewritten } else { file }, &out)?;
    }
    table.push(']');
    fs::write(out.join("files.rs"), table)
}

/// The page: the only file with an address of its own.
const PAGE: &str = "index.html";

/// Where the page's own files are. Among themselves they are named relative to each other.
const FOLDERS: [&str; 6] = ["app.js", "css/", "lib/", "pages/", "shell/", "vendor/"];

/// A name that changes with any of the files.
fn version(named: &[(String, PathBuf)]) -> Result<String> {
    let mut all = Sha256::new();
    for (path, file) in named.iter().filter(|(path, _)| types::of(path).is_some()) {
        let bytes = fs::read(file)?;
        all.update(format!("{path}\n{}\n", bytes.len()));
        all.update(bytes);
    }
    Ok(format!("~{}", hex(&all.finalize())))
}

/// The page, which names its files under a version.
fn with_version(page: &str, version: &str) -> String {
    FOLDERS.iter().fold(page.to_owned(), |page, folder| {
        page.replace(&format!("=\"/{folder}"), &format!("=\"/{version}/{folder}"))
    })
}

/// The first eight bytes.
fn hex(digest: &[u8]) -> String {
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A file's place in the table. What is not served has none: READMEs, licences, what has no ending of ours.
fn entry(index: usize, path: &str, file: &Path, out: &Path) -> Result<String> {
    let Some((content_type, packed)) = types::of(path) else { return Ok(String::new()) };
    let bytes = fs::read(file)?;
    let etag = hex(&Sha256::digest(&bytes));
    let pack = |ending: &str, packed: Option<Vec<u8>>| match packed {
        // What does not get smaller is sent as it is.
        Some(packed) if packed.len() < bytes.len() => {
            let name = format!("{index}.{ending}");
            fs::write(out.join(&name), packed)?;
            Ok::<_, Error>(format!("Some(include_bytes!({:?}))", out.join(&name)))
        }
        _ => Ok("None".to_owned()),
    };
    let brotli = pack("br", packed.then(|| brotli(&bytes)).transpose()?)?;
    let gzip = pack("gz", packed.then(|| gzip(&bytes)).transpose()?)?;
    Ok(format!(
        "    File {{ path: {path:?}, content_type: {content_type:?}, etag: {etag:?}, \
         plain: include_bytes!({file:?}), brotli: {brotli}, gzip: {gzip} }},\n"
    ))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = BrotliEncoderParams { size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().and_then(|name| name.to_str()).is_none_or(|name| name.starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            walk(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|error| Error::other(format!("{name}: {error}")))
}
