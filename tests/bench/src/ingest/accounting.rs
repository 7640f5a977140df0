//! What became of each item that was signed.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use queue::{Content, Pack};

use super::bodies::Body;
use super::ours;
use crate::BoxError;

/// Where the items of a body are.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// Items that Meta signed.
    pub(crate) signed: usize,
    /// Items in jobs.
    pub(crate) in_jobs: usize,
    /// Items in the bucket.
    pub(crate) in_bucket: usize,
    /// Items that are in exactly one place, as they were signed.
    accounted: usize,
    /// Places that hold nothing that was signed, or hold it again.
    surplus: usize,
}

impl Account {
    /// 1 if every item is in one place and nothing else is anywhere.
    pub(crate) fn share(&self) -> f64 {
        if self.surplus > 0 { f64::NAN } else { self.accounted as f64 / self.signed as f64 }
    }
}

/// Sends a body through our path and looks for its items.
pub(crate) fn of(body: &Body) -> Result<Account, BoxError> {
    let packed = ours::handle(&body.event()?)?;
    let mut left: HashMap<&[u8], usize> = HashMap::new();
    for item in &body.items {
        *left.entry(item).or_default() += 1;
    }
    let mut account = Account { signed: body.items.len(), ..Account::default() };
    for job in packed.inbound.iter().chain(&packed.status) {
        for item in Pack::parse(job)?.items {
            account.in_jobs += 1;
            let found = match &item.content {
                Content::Raw(raw) => raw.get().as_bytes().to_vec(),
                Content::Bytes(text) => STANDARD.decode(text.as_bytes())?,
                Content::Stored(_) => return Err("a pointer before its bytes are kept".into()),
            };
            account.find(&found, &mut left);
        }
    }
    for large in packed.large {
        account.in_bucket += 1;
        account.find(&large.into_parts().0, &mut left);
    }
    Ok(account)
}

impl Account {
    fn find(&mut self, item: &[u8], left: &mut HashMap<&[u8], usize>) {
        match left.get_mut(item).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                self.accounted += 1;
            }
            None => self.surplus += 1,
        }
    }
}
