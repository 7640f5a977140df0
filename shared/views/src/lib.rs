#![doc = include_str!("../README.md")]

mod contact;
pub mod content;
mod conversation;
mod decision;
mod media;
mod message;
mod related;
mod sent_by;
mod status;
mod time;

pub use contact::ContactView;
pub use conversation::ConversationView;
pub use decision::DecisionView;
pub use media::{MediaView, UploadView};
pub use message::MessageView;
pub use related::{EditedView, ReactionView, page, place, place_at, strays, with_related};
pub use sent_by::SentByView;
pub use status::StatusTimes;
pub use time::Time;

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// The records.
    pub items: Vec<T>,
    /// The cursor of the next page; `null` on the last one.
    pub next: Option<String>,
}

/// The most bytes of raw content in one page: Lambda hands over 6 MB, and the rest of the page needs room.
const PAGE_BYTES: usize = 4_000_000;

/// How many of these sizes fit into one page. At least one, so that every page gets on.
pub fn that_fit(sizes: impl Iterator<Item = usize>) -> usize {
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
