//! XML: the answer of `ListObjectsV2`, and errors.

use std::fmt::Write;

use super::errors::S3Error;
use super::object::ObjectHead;

/// What a listing was asked for.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub(super) prefix: String,
    pub(super) delimiter: Option<String>,
    pub(super) after: String,
    pub(super) max: usize,
}

/// Writes a page: objects, and prefixes that stand for all keys up to the delimiter.
pub(super) fn page(bucket: &str, query: &Query, heads: &[ObjectHead]) -> String {
    let (mut contents, mut prefixes) = (String::new(), Vec::<String>::new());
    let (mut count, mut next) = (0, None);
    let mut last = "";
    for head in heads {
        let group = group_of(query, &head.key);
        if group.is_some() && group == prefixes.last().map(String::as_str) {
            last = &head.key;
            continue;
        }
        if count == query.max {
            next = Some(last);
            break;
        }
        match group {
            Some(group) => prefixes.push(group.to_owned()),
            None => write_object(&mut contents, head),
        }
        count += 1;
        last = &head.key;
    }
    let mut page = format!(
        "{DECLARATION}<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name>\
         <Prefix>{}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>{}</MaxKeys><IsTruncated>{}</IsTruncated>",
        escape(bucket),
        escape(&query.prefix),
        query.max,
        next.is_some()
    );
    if let Some(next) = next {
        // The token is the last key given, in hex so that it needs no escaping.
        let token = hex::encode(next);
        let _ = write!(page, "<NextContinuationToken>{token}</NextContinuationToken>");
    }
    page.push_str(&contents);
    for prefix in prefixes {
        let _ = write!(page, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escape(&prefix));
    }
    page + "</ListBucketResult>"
}

/// Writes an error.
pub(super) fn error(error: &S3Error, resource: &str) -> String {
    format!(
        "{DECLARATION}<Error><Code>{}</Code><Message>{}</Message><Resource>{}</Resource></Error>",
        error.code(),
        escape(&error.to_string()),
        escape(resource)
    )
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn group_of<'a>(query: &Query, key: &'a str) -> Option<&'a str> {
    let delimiter = query.delimiter.as_deref().filter(|it| !it.is_empty())?;
    let rest = key.get(query.prefix.len()..)?;
    let end = rest.find(delimiter)?;
    key.get(..query.prefix.len() + end + delimiter.len())
}

fn write_object(page: &mut String, head: &ObjectHead) {
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size>\
         <StorageClass>STANDARD</StorageClass></Contents>",
        escape(&head.key),
        head.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        head.etag,
        head.size
    );
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // As a reference, or a parser makes a space or a line feed of it.
            '\r' | '\n' | '\t' => drop(write!(escaped, "&#{};", it as u32)),
            it => escaped.push(it),
        }
    }
    escaped
}
