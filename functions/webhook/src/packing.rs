//! Packing items into as few queue messages as possible: at most 64 KB each, an item never cut.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloud_api::webhook::split::{Item as Cut, Kind, Parts, Uncut};
use jiff::Timestamp;
use queue::correlation::MAX_LENGTH;
use queue::pack::{MAX_BYTES, V1};
use queue::{Content, CorrelationId, Item, ItemKind, Pack};

/// A pack's own JSON around its items, at most.
const FRAME: usize = 64 + MAX_LENGTH;
/// How a pack's JSON ends after its items.
const FRAME_TAIL: &str = "]}";

/// Where a body comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// When we received it.
    pub received_at: Timestamp,
    /// Its request's id.
    pub correlation: Option<CorrelationId>,
}

impl Origin {
    /// An empty pack.
    fn frame(&self) -> Pack<'static> {
        let (received_at, correlation) = (self.received_at.as_millisecond(), self.correlation.clone());
        Pack { v: V1::One, received_at, tries: 0, correlation, items: Vec::new() }
    }
}

/// A body in packs.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    /// Jobs for the inbound queue.
    pub inbound: Vec<String>,
    /// Jobs for the status queue.
    pub status: Vec<String>,
    /// Items that fit no pack.
    pub large: Vec<Large>,
    /// How many items there are in all.
    pub items: usize,
}

/// An item that fits no pack: its bytes go to the bucket, and a pointer on the queue.
#[derive(Clone, Debug)]
pub struct Large {
    bytes: Vec<u8>,
    pointer: Pointer,
}

/// The envelope of a large item.
#[derive(Clone, Debug)]
pub struct Pointer(Item<'static>);

impl Large {
    /// The bytes to keep, and what is left to be queued.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, Pointer) {
        (self.bytes, self.pointer)
    }
}

impl Pointer {
    /// Whether it belongs on the status queue.
    #[must_use]
    pub fn is_status(&self) -> bool {
        self.0.kind == ItemKind::Status
    }

    /// The job, once the bytes lie under `key`.
    #[must_use]
    pub fn into_job(self, key: &str, origin: &Origin) -> String {
        let item = Item { content: Content::Stored(Cow::Owned(key.to_owned())), ..self.0 };
        Pack { items: vec![item], ..origin.frame() }.to_json()
    }
}

/// Packs the parts of a body. Every part ends in exactly one place.
#[must_use]
pub fn pack(parts: Parts<'_>, origin: &Origin) -> Packed {
    let mut packed = Packed { items: parts.items.len() + parts.uncut.len(), ..Packed::default() };
    let (mut inbound, mut status) = (Packer::new(origin), Packer::new(origin));
    for cut in parts.items {
        let queue = if cut.kind == Kind::Status { &mut status } else { &mut inbound };
        if let Some(large) = queue.add(item_of(cut)) {
            packed.large.push(large);
        }
    }
    for uncut in &parts.uncut {
        match unreadable(uncut) {
            Ok(item) => packed.large.extend(inbound.add(item)),
            Err(large) => packed.large.push(*large),
        }
    }
    packed.inbound = inbound.finish();
    packed.status = status.finish();
    packed
}

fn item_of(cut: Cut<'_>) -> Item<'_> {
    Item {
        kind: match cut.kind {
            Kind::Message => ItemKind::Message,
            Kind::Status => ItemKind::Status,
            Kind::Event => ItemKind::Event,
        },
        waba: cut.waba,
        field: cut.field,
        time: cut.time,
        number: cut.number,
        display: cut.display,
        contacts: cut.contacts.into_iter().map(Cow::Borrowed).collect(),
        reason: None,
        content: Content::Raw(cut.raw),
    }
}

fn unreadable<'a>(uncut: &Uncut<'a>) -> Result<Item<'a>, Box<Large>> {
    let item = |content| Item {
        kind: ItemKind::Unreadable,
        waba: Cow::Borrowed(""),
        field: Cow::Borrowed(""),
        time: None,
        number: None,
        display: None,
        contacts: Vec::new(),
        reason: Some(Cow::Borrowed(uncut.reason)),
        content,
    };
    // In base64 they grow by a third.
    if uncut.bytes.len() / 3 * 4 + 1024 > MAX_BYTES {
        let pointer = Pointer(item(Content::Stored(Cow::Borrowed(""))));
        return Err(Box::new(Large { bytes: uncut.bytes.to_vec(), pointer }));
    }
    Ok(item(Content::Bytes(Cow::Owned(STANDARD.encode(uncut.bytes)))))
}

/// Fills packs one after another.
struct Packer<'a> {
    origin: &'a Origin,
    done: Vec<String>,
    open: String,
}

impl<'a> Packer<'a> {
    fn new(origin: &'a Origin) -> Self {
        Self { origin, done: Vec::new(), open: String::new() }
    }

    /// Adds an item, or gives it back if it fits no pack.
    fn add(&mut self, item: Item<'_>) -> Option<Large> {
        // Strings and raw JSON only: nothing in it can fail to be written.
        let json = without_noncharacters(serde_json::to_string(&item).unwrap_or_default());
        if json.len() + FRAME > MAX_BYTES {
            return Some(large(&item));
        }
        if !self.open.is_empty() && self.open.len() + 1 + json.len() + FRAME > MAX_BYTES {
            self.close();
        }
        if !self.open.is_empty() {
            self.open.push(',');
        }
        self.open.push_str(&json);
        None
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            // The items are JSON already; writing them a second time would cost more than the rest.
            let mut job = self.origin.frame().to_json();
            let tail = job.split_off(job.len().saturating_sub(FRAME_TAIL.len()));
            debug_assert_eq!(tail, FRAME_TAIL, "a pack ends with its items");
            job.reserve(self.open.len() + tail.len());
            job.push_str(&self.open);
            job.push_str(&tail);
            self.open.clear();
            self.done.push(job);
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.close();
        self.done
    }
}

/// SQS refuses U+FFFE and U+FFFF, which JSON allows in strings: written as escapes they pass.
fn without_noncharacters(json: String) -> String {
    // Both begin with this byte, and hardly any text has it: one fast look instead of one at each character.
    if json.as_bytes().contains(&0xef) && json.contains(['\u{fffe}', '\u{ffff}']) {
        return json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff");
    }
    json
}

fn large(item: &Item<'_>) -> Large {
    let owned = |text: &Cow<'_, str>| Cow::Owned(text.to_string());
    let pointer = Item {
        kind: item.kind,
        waba: owned(&item.waba),
        field: owned(&item.field),
        time: item.time,
        number: item.number.as_ref().map(owned),
        display: item.display.as_ref().map(owned),
        contacts: item.contacts.iter().map(|raw| Cow::Owned(raw.clone().into_owned())).collect(),
        reason: None,
        content: Content::Stored(Cow::Borrowed("")),
    };
    Large { bytes: item.content_text().as_bytes().to_vec(), pointer: Pointer(pointer) }
}

#[cfg(test)]
mod tests {
    use cloud_api::webhook::split::split;

    use super::*;

    fn origin() -> Origin {
        let correlation = CorrelationId::new(&"c".repeat(MAX_LENGTH));
        Origin { received_at: Timestamp::constant(1_795_392_000, 0), correlation }
    }

    fn messages(items: &[String]) -> String {
        let items = items.join(",");
        format!(
            r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messages":[{items}]}}}}]}}]}}"#
        )
    }

    fn ids(jobs: &[String]) -> Vec<String> {
        let packs = jobs.iter().map(|job| Pack::parse(job).unwrap());
        packs
            .flat_map(|pack| pack.items.iter().map(|item| item.content_text().to_owned()).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn three_megabytes_become_packs_of_64_kb_and_no_item_is_lost() {
        let items: Vec<String> = (0..3_000)
            .map(|n| format!(r#"{{"id":"w{n}","text":{{"body":"{}"}}}}"#, "x".repeat(1_000)))
            .collect();
        let body = messages(&items);
        let packed = pack(split(body.as_bytes()), &origin());
        assert!(packed.inbound.iter().all(|job| job.len() <= MAX_BYTES));
        assert!(packed.inbound.len() < 60, "{} packs", packed.inbound.len());
        assert_eq!(ids(&packed.inbound), items);
        let carries = |job: &String| Pack::parse(job).unwrap().correlation == origin().correlation;
        assert!(packed.inbound.iter().all(carries));
    }

    #[test]
    fn an_item_that_fits_no_pack_goes_to_the_bucket_whole_and_its_neighbours_to_the_queue() {
        let huge = format!(r#"{{"id":"huge","text":{{"body":"{}"}}}}"#, "x".repeat(70_000));
        let body = messages(&[r#"{"id":"a"}"#.to_owned(), huge.clone(), r#"{"id":"b"}"#.to_owned()]);
        let packed = pack(split(body.as_bytes()), &origin());
        assert_eq!(ids(&packed.inbound), [r#"{"id":"a"}"#, r#"{"id":"b"}"#]);
        let (bytes, pointer) = packed.large[0].clone().into_parts();
        assert_eq!(bytes, huge.as_bytes());
        let job = pointer.into_job("large/key", &origin());
        let pack = Pack::parse(&job).unwrap();
        assert_eq!(pack.items[0].content_text(), "large/key");
        assert_eq!(pack.correlation, origin().correlation);
    }

    #[test]
    fn bytes_that_are_no_webhook_travel_with_their_reason() {
        let packed = pack(split(b"\xff\x00"), &origin());
        let pack = Pack::parse(&packed.inbound[0]).unwrap();
        assert_eq!(pack.items[0].kind, ItemKind::Unreadable);
        assert_eq!(pack.items[0].reason.as_deref(), Some("not UTF-8"));
        assert_eq!(STANDARD.decode(pack.items[0].content_text()).unwrap(), b"\xff\x00");
    }

    #[test]
    fn characters_that_sqs_refuses_are_escaped() {
        let body = messages(&["{\"id\":\"a\",\"text\":{\"body\":\"\u{ffff}\"}}".to_owned()]);
        let packed = pack(split(body.as_bytes()), &origin());
        assert!(!packed.inbound[0].contains('\u{ffff}'));
        assert_eq!(ids(&packed.inbound), [r#"{"id":"a","text":{"body":"\uffff"}}"#]);
    }
}
