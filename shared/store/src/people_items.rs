//! What a claim writes, as items.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud_api::{Bsuid, WaId};
use domain::identity::{PhoneClaim, Resolution};
use domain::{ContactId, ConversationId, MessageId, Slot};
use jiff::Timestamp;

use crate::item::{self, Item, Put, ms, n, s};
use crate::keys;
use crate::people::{Claiming, bound_attribute};

/// Every form of a number, as identities: the record has one of them.
pub(crate) fn forms(phone: &WaId) -> Vec<String> {
    domain::phone::variants(phone.as_str()).into_iter().map(|form| format!("phone:{form}")).collect()
}

/// A new identity of a record that was merged says so, as its others do.
pub(crate) fn of_merged(is_merged: bool, mut item: Item) -> Item {
    if is_merged {
        item.put("al", AttributeValue::Bool(true));
    }
    item
}

/// The identities that a resolution claims.
pub(crate) fn claimed(claiming: &Claiming<'_>, resolution: &Resolution) -> Vec<String> {
    let sighting = claiming.sighting;
    let phone = sighting.phone.as_ref().filter(|_| resolution.phone != PhoneClaim::Keep);
    let user_id = sighting.user_id.as_ref().filter(|_| resolution.claim_user_id);
    let parent = sighting.parent_user_id.as_ref().filter(|_| resolution.claim_parent);
    let phone = phone.map(|phone| format!("phone:{phone}"));
    let user_id = user_id.map(|id| format!("bsuid:{}:{id}", sighting.portfolio));
    phone.into_iter().chain(user_id).chain(parent.map(|id| format!("parent:{id}"))).collect()
}

pub(crate) fn new_profile(claiming: &Claiming<'_>, ids: Vec<String>) -> Item {
    let (pk, sk) = keys::profile(claiming.new_id);
    let mut item = item::at(&pk, &sk);
    item.put("knd", s("unknown"));
    item.put_text("wn", claiming.profile.name.as_deref());
    item.put_text("un", claiming.profile.username.as_deref());
    item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
    item.put_text("bs", claiming.sighting.user_id.as_ref().map(Bsuid::as_str));
    item.put("ids", AttributeValue::Ss(ids));
    item.put("ca", ms(claiming.now));
    item.put("act", s(crate::terms::month_of(claiming.sighting.at)));
    if let Some(source) = &claiming.profile.source {
        item.put("src", crate::record_item::write_source(source));
    }
    item.put("wk", s(keys::walk_shard(claiming.new_id)));
    item.put("wid", s(claiming.new_id.as_str()));
    item
}

pub(crate) fn user_id_item(claiming: &Claiming<'_>, user_id: &Bsuid, contact: &ContactId) -> Item {
    let (pk, sk) = keys::user_id(&claiming.sighting.portfolio, user_id);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    item.put_text("ph", claiming.sighting.phone.as_ref().map(WaId::as_str));
    item.put_text("pu", claiming.sighting.parent_user_id.as_ref().map(Bsuid::as_str));
    item.put_text("nh", claiming.profile.hash().as_deref());
    put_erased(&mut item, claiming);
    item
}

/// An identity whose earlier owner was erased says when: what is older never falls to the new owner.
fn put_erased(item: &mut Item, claiming: &Claiming<'_>) {
    if let Some(at) = claiming.erased_at {
        item.put("er", ms(at));
    }
}

pub(crate) fn parent_item(claiming: &Claiming<'_>, parent: &Bsuid, contact: &ContactId) -> Item {
    let (pk, sk) = keys::parent(parent);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    put_erased(&mut item, claiming);
    item
}

pub(crate) fn phone_item(claiming: &Claiming<'_>, phone: &WaId, contact: &ContactId) -> Item {
    let (pk, sk) = keys::phone(phone);
    let mut item = item::at(&pk, &sk);
    item.put("ct", s(contact.as_str()));
    item.put("fr", ms(claiming.sighting.at));
    // As it came; the key is the line's.
    item.put("ph", s(phone.as_str()));
    if let Some(user_id) = &claiming.sighting.user_id {
        item.put(&bound_attribute(&claiming.sighting.portfolio), s(user_id.as_str()));
    } else {
        item.put_text("nh", claiming.profile.hash().as_deref());
    }
    put_erased(&mut item, claiming);
    item
}

/// A note of ours in a thread. Its key comes from what happened, so that writing it twice is writing it once.
pub(crate) fn note(conversation: ConversationId, what: &str, about: &str, at: i64, now: Timestamp) -> Item {
    let slot = Slot::Message { at, hash: domain::hash16(&format!("{what}\n{about}")) };
    let (pk, sk) = keys::message(&MessageId { conversation, slot });
    let mut item = item::at(&pk, &sk);
    item.put("d", s("n"));
    item.put("t", n(at));
    item.put("ra", ms(now));
    item.put("k", s("note"));
    item.put("raw", s(format!(r#"{{"type":"note","note":{{"event":"{what}"}}}}"#)));
    item
}
