//! What a record's body holds.

/// The items of a record, in order.
#[derive(Clone, Debug)]
pub struct Parcel<I> {
    /// The items. Never empty where there is a job.
    pub items: Vec<I>,
    /// How often they were tried in records before this one.
    pub tries: u32,
}

impl<I> Parcel<I> {
    /// A record that is one item.
    #[must_use]
    pub fn of_one(item: I) -> Self {
        Self { items: vec![item], tries: 0 }
    }
}
