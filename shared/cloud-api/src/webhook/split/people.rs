//! Which `contacts[]` entry belongs to which item.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Kind;

/// The entries of `contacts[]`.
pub(super) struct People<'a> {
    entries: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct ContactIds<'a> {
    #[serde(borrow, default)]
    wa_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    user_id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct MessageIds<'a> {
    #[serde(borrow, default)]
    from: Option<&'a RawValue>,
    #[serde(borrow, default)]
    from_user_id: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct StatusIds<'a> {
    #[serde(borrow, default)]
    recipient_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    recipient_user_id: Option<&'a RawValue>,
}

impl<'a> People<'a> {
    pub(super) fn new(contacts: Option<&'a RawValue>) -> Self {
        let entries = contacts.and_then(|raw| serde_json::from_str(raw.get()).ok());
        Self { entries: entries.unwrap_or_default() }
    }

    /// The entry of an item's person, or all of them if none matches.
    pub(super) fn of(&self, item: &RawValue, kind: Kind) -> Vec<&'a RawValue> {
        // One entry is the answer either way: most bodies need no look at the ids.
        if self.entries.len() < 2 {
            return self.entries.clone();
        }
        let Some((phone, user_id)) = ids(item, kind) else { return self.entries.clone() };
        let is_person = |entry: &&&RawValue| {
            let Ok(ids) = serde_json::from_str::<ContactIds<'_>>(entry.get()) else { return false };
            let same = |ours: Option<&RawValue>, theirs: Option<&RawValue>| {
                ours.is_some_and(|ours| theirs.is_some_and(|theirs| ours.get() == theirs.get()))
            };
            same(user_id, ids.user_id) || same(phone, ids.wa_id)
        };
        match self.entries.iter().find(is_person) {
            Some(entry) => vec![*entry],
            None => self.entries.clone(),
        }
    }
}

/// The phone and the BSUID that an item names.
fn ids(item: &RawValue, kind: Kind) -> Option<(Option<&RawValue>, Option<&RawValue>)> {
    if kind == Kind::Status {
        let ids: StatusIds<'_> = serde_json::from_str(item.get()).ok()?;
        return Some((ids.recipient_id, ids.recipient_user_id));
    }
    let ids: MessageIds<'_> = serde_json::from_str(item.get()).ok()?;
    Some((ids.from, ids.from_user_id))
}
