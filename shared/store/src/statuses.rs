//! Meta's statuses, folded in any order.
//!
//! One write sets every timestamp that is not set yet. It commutes, so order and repeats do not matter; and
//! it never makes an item: a status without its message is another app's, and becomes an event.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use cloud_api::webhook::pricing::{Pricing, PricingCategory, PricingType};
use domain::{Delivery, MessageId};
use jiff::Timestamp;

use crate::item::{Get, Item, ms, s};
use crate::meter::Metered;
use crate::outbound::conditional;
use crate::{Condition, Store, StoreError};

/// Everything that one batch says about one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatusFold {
    /// Meta's times.
    pub delivery: Delivery,
    /// Meta's id, which resolves a message whose answer was lost.
    pub wamid: String,
    /// Why it failed, as JSON.
    pub errors: Option<String>,
    /// What it costs, as JSON. Counted once per message: the first one stands.
    pub pricing: Option<String>,
    /// The person's BSUID, which Meta tells here of a message sent to a phone.
    pub user_id: Option<String>,
    /// Until when Meta charges nothing, if it says that the person came by a free entry point.
    pub free_entry_until: Option<Timestamp>,
}

/// Whether there was a message to fold into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusTarget {
    /// Folded.
    Found {
        /// The id that the message's request came with.
        correlation: Option<String>,
        /// The message as it stands now: how it counts, if it is a delivered service message.
        metered: Option<Metered>,
    },
    /// There is no such message.
    Missing,
}

impl Store {
    /// Folds statuses into their message.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fold_statuses(&self, id: &MessageId, fold: &StatusFold) -> Result<StatusTarget, StoreError> {
        let times = [
            ("s_sent", fold.delivery.sent),
            ("s_dlv", fold.delivery.delivered),
            ("s_read", fold.delivery.read),
            ("s_play", fold.delivery.played),
            ("s_fail", fold.delivery.failed),
        ];
        let texts = [
            ("w", Some(&fold.wamid).filter(|wamid| !wamid.is_empty())),
            ("se", fold.errors.as_ref()),
            ("pr", fold.pricing.as_ref()),
            ("ru", fold.user_id.as_ref()),
        ];
        let values = times
            .into_iter()
            .filter_map(|(name, time): (_, Option<Timestamp>)| Some((name, ms(time?))))
            .chain(texts.into_iter().filter_map(|(name, text)| Some((name, s(text?)))));
        let (mut sets, mut update) = (Vec::new(), self.message_update(id, Condition::StatusTarget));
        for (name, value) in values {
            sets.push(format!("{name} = if_not_exists({name}, :{name})"));
            update = UpdateItemFluentBuilder::expression_attribute_values(update, format!(":{name}"), value);
        }
        if sets.is_empty() {
            return Ok(StatusTarget::Found { correlation: None, metered: None });
        }
        // What was written comes back at no further units.
        let update =
            update.update_expression(format!("SET {}", sets.join(", "))).return_values(ReturnValue::AllNew);
        Ok(match conditional(update).await? {
            Some(item) => StatusTarget::Found {
                correlation: item.text("ci").map(str::to_owned),
                metered: metered(&item),
            },
            None => StatusTarget::Missing,
        })
    }
}

/// A charge happens at delivery; reading implies it, because Meta skips `delivered` at times.
fn metered(item: &Item) -> Option<Metered> {
    let arrived = item.number("s_dlv").or(item.number("s_read"));
    arrived?;
    let pricing: Pricing = serde_json::from_str(item.text("pr")?).ok()?;
    match (pricing.kind?, pricing.category?) {
        (PricingType::FreeCustomerService, PricingCategory::Service) => Some(Metered::Free),
        (PricingType::Regular, PricingCategory::Service) => Some(Metered::Charged),
        _ => None,
    }
}
