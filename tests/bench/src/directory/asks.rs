//! What is asked of the API, many times each, with how long it took and what it read.

use std::time::{Duration, Instant};

use super::World;
use super::file::{FIRST, LABELS, LAST};
use crate::BoxError;
use crate::people::phone;

/// A request, as the n-th of its kind asks it, and what it may cost.
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    pub(crate) path: fn(usize) -> String,
    /// Whether it has several conditions.
    pub(crate) combined: bool,
}

/// Every list, search and filter.
pub(crate) const ASKS: &[Ask] = &[
    one("all, newest first", |_| "/v1/contacts".to_owned()),
    one("search: beginning of a name", |n| {
        let name = [&FIRST[..], &LAST[..]].concat()[n % 90];
        format!("/v1/contacts?q={}", encoded(&name.chars().take(2 + n % 3).collect::<String>()))
    }),
    one("search: whole phone", |n| format!("/v1/contacts?q=%2B{}", phone(n * 97 % 10_000))),
    one("search: nobody", |n| format!("/v1/contacts?q=zz{n}")),
    one("filter: label", |n| format!("/v1/contacts?filter=label:{}", LABELS[n % 4].0)),
    one("filter: kind", |n| format!("/v1/contacts?filter=kind:{}", ["lead", "unknown", "vendor"][n % 3])),
    one("filter: owner", |n| {
        format!("/v1/contacts?filter=owner:{}", ["none", "me"][n % 2].replace("me", "anna"))
    }),
    one("filter: source", |_| "/v1/contacts?filter=source:import".to_owned()),
    two("search: two names", |n| {
        format!("/v1/contacts?q={}", encoded(&format!("{} {}", FIRST[n % 40], LAST[n % 50])))
    }),
    two("name and label", |n| {
        let (name, label) = (FIRST[n % 40], LABELS[n % 4].0);
        format!("/v1/contacts?q={}&filter=label:{label}", encoded(name))
    }),
    two("label and kind", |n| format!("/v1/contacts?filter=label:{}%20kind:lead", LABELS[n % 4].0)),
    two("label, and not another", |n| format!("/v1/contacts?filter=label:{}%20-label:vip", LABELS[n % 4].0)),
    two("nobody has both labels", |_| "/v1/contacts?filter=label:press%20label:newsletter".to_owned()),
    two("nobody: label and owner", |_| "/v1/contacts?filter=label:newsletter%20owner:anna".to_owned()),
    two("not a kind", |_| "/v1/contacts?filter=-kind:lead".to_owned()),
];

const fn one(name: &'static str, path: fn(usize) -> String) -> Ask {
    Ask { name, path, combined: false }
}

const fn two(name: &'static str, path: fn(usize) -> String) -> Ask {
    Ask { name, path, combined: true }
}

/// What became of the requests of one kind.
pub(crate) struct Answered {
    pub(crate) ms: Vec<f64>,
    /// Read units of each.
    pub(crate) units: Vec<f64>,
    /// Contacts of the last page.
    pub(crate) found: usize,
}

/// Asks `times` times, after a few that do not count.
pub(crate) async fn ask(world: &mut World, ask: &Ask, times: usize) -> Result<Answered, BoxError> {
    let mut answered = Answered { ms: Vec::new(), units: Vec::new(), found: 0 };
    for n in 0..times + 5 {
        // A caller may ask 50 times a second, by the world's clock.
        if n % 40 == 0 {
            world.pass(Duration::from_secs(1)).await;
        }
        world.bill.take();
        let before = Instant::now();
        let page = world.read(&(ask.path)(n)).await?;
        let took = before.elapsed();
        if n >= 5 {
            answered.ms.push(took.as_secs_f64() * 1000.0);
            answered.units.push(world.bill.take().reads());
            answered.found = page["items"].as_array().map_or(0, Vec::len);
        }
    }
    Ok(answered)
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(char::from(byte));
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
        all
    })
}
