//! The checksums that SDKs compare with their own.

use md5::{Digest, Md5};

use super::types::{AttributeValue, Attributes, MessageAttribute};

/// MD5 of a body, in hex.
pub(super) fn of_body(body: &str) -> String {
    hex::encode(Md5::digest(body.as_bytes()))
}

/// MD5 of attributes as [SQS defines it], in hex; none for no attributes.
///
/// [SQS defines it]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
pub(super) fn of_attributes(attributes: &Attributes) -> Option<String> {
    of_pairs(attributes.iter())
}

/// MD5 of the system attribute `AWSTraceHeader`, the only one that a sender can set.
pub(super) fn of_trace_header(trace_header: Option<&str>) -> Option<String> {
    let text = trace_header?.to_owned();
    let attribute = MessageAttribute { data_type: "String".into(), value: AttributeValue::Text(text) };
    of_pairs(std::iter::once((&"AWSTraceHeader".to_owned(), &attribute)))
}

/// MD5 over the pairs, which come sorted by name.
pub(super) fn of_pairs<'a>(
    pairs: impl Iterator<Item = (&'a String, &'a MessageAttribute)>,
) -> Option<String> {
    let mut digest = Md5::new();
    let mut any = false;
    for (name, attribute) in pairs {
        any = true;
        update_with_length(&mut digest, name.as_bytes());
        update_with_length(&mut digest, attribute.data_type.as_bytes());
        digest.update([match attribute.value {
            AttributeValue::Text(_) => 1,
            AttributeValue::Bytes(_) => 2,
        }]);
        update_with_length(&mut digest, attribute.value.as_bytes());
    }
    any.then(|| hex::encode(digest.finalize()))
}

fn update_with_length(digest: &mut Md5, bytes: &[u8]) {
    digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    digest.update(bytes);
}
