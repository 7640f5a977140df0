//! What clients see: plain records, made from what the store has.

mod agent;
mod audit;
mod client;
mod consent;
mod contact;
mod content;
mod conversation;
mod endpoint;
mod facts;
mod identity;
mod letter;
mod media;
mod message;
mod number;
mod privacy;
mod rate_card;
mod related;
mod status;
mod template;
mod time;

pub(crate) use agent::{AgentView, DepartmentView, MeView};
pub(crate) use audit::AuditView;
pub(crate) use client::{ClientToken, ClientView};
pub(crate) use consent::{ConsentView, DecisionView, WordView};
pub(crate) use contact::ContactView;
pub(crate) use conversation::ConversationView;
pub(crate) use endpoint::{DeliveryView, EndpointView, NewSecret, TestSent};
pub(crate) use facts::{ChangeView, PictureView, ProfileView, StepView, WabaView};
pub(crate) use identity::{DuplicateView, IdentityView};
pub(crate) use letter::{EventView, LetterDetail, LetterView, Redriven};
pub(crate) use media::{MediaView, UploadView};
pub(crate) use message::MessageView;
pub(crate) use number::{MeterView, NumberDetail, NumberView, RateView, Standing};
pub(crate) use privacy::{BlockView, ErasureView, ExportView};
pub(crate) use rate_card::{EstimateView, RateCardDetail, RateCardView, model_word};
pub(crate) use related::{page, strays, with_related};
pub(crate) use template::{TemplateChangeView, TemplateDetail, TemplateView, content_of};
pub use time::Time;

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Page<T: ToSchema> {
    /// The records.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; `null` on the last one.
    pub(crate) next: Option<String>,
}

/// The most bytes of raw content in one page: Lambda hands over 6 MB, and the rest of the page needs room.
const PAGE_BYTES: usize = 4_000_000;

/// How many of these sizes fit into one page. At least one, so that every page gets on.
pub(crate) fn that_fit(sizes: impl Iterator<Item = usize>) -> usize {
    let totals = sizes.scan(0_usize, |total, size| {
        *total += size;
        Some(*total)
    });
    totals.take_while(|total| *total <= PAGE_BYTES).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_large_records_is_cut_before_it_is_too_large_and_never_empty() {
        assert_eq!(that_fit([10, 20, 30].into_iter()), 3);
        assert_eq!(that_fit([2_000_000, 2_000_000, 1].into_iter()), 2);
        assert_eq!(that_fit([9_000_000, 1].into_iter()), 1);
    }
}
