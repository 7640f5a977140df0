//! Which `contacts[]` entry belongs to which item.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Kind;

/// An item whose person is not found gets every entry, up to so many: whoever reads the ids properly may
/// find it there. More would multiply a body of thousands of items by itself.
const ALL_AT_MOST: usize = 16;

/// The entries of `contacts[]`.
pub(super) struct People<'a> {
    entries: Vec<&'a RawValue>,
    /// The first entry with a phone or a BSUID, each as it is written.
    by_phone: HashMap<&'a str, usize>,
    by_user_id: HashMap<&'a str, usize>,
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
        let entries: Option<Vec<&'a RawValue>> =
            contacts.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let mut people = Self {
            entries: entries.unwrap_or_default(),
            by_phone: HashMap::new(),
            by_user_id: HashMap::new(),
        };
        // One entry is the answer either way: most bodies need no look at the ids.
        if people.entries.len() > 1 {
            people.read_ids();
        }
        people
    }

    fn read_ids(&mut self) {
        for (index, entry) in self.entries.iter().enumerate() {
            let Ok(ids) = serde_json::from_str::<ContactIds<'a>>(entry.get()) else { continue };
            for (id, places) in [(ids.wa_id, &mut self.by_phone), (ids.user_id, &mut self.by_user_id)] {
                if let Some(id) = id {
                    places.entry(id.get()).or_insert(index);
                }
            }
        }
    }

    /// The entry of an item's person, or all of them if none matches.
    pub(super) fn of(&self, item: &RawValue, kind: Kind) -> Vec<&'a RawValue> {
        if self.entries.len() < 2 {
            return self.entries.clone();
        }
        let place = |id: Option<&RawValue>, places: &HashMap<&str, usize>| places.get(id?.get()).copied();
        let found = ids(item, kind).and_then(|(phone, user_id)| {
            let places = [place(phone, &self.by_phone), place(user_id, &self.by_user_id)];
            places.into_iter().flatten().min()
        });
        match found.and_then(|index| self.entries.get(index)) {
            Some(entry) => vec![*entry],
            None if self.entries.len() > ALL_AT_MOST => Vec::new(),
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
