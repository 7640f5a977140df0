//! What people and the team said to each other, as text: `scripts/*.txt`.
//!
//! A conversation begins with `== key | name | phone | number | kind | place | interest` and may add `hidden <username>` or
//! `fails <code>`. Each line after it says how long ago something happened, who did it, and what: `<` is the customer,
//! `>name` somebody of the team who writes, `*name` somebody of the team who does something. What begins with `/` is no
//! plain text.

use std::time::Duration;

/// A customer, and what happened with them.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversation {
    /// Their id at the simulated WhatsApp.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) phone: &'static str,
    /// The number of the company that they write to.
    pub(super) number: String,
    /// The kind of their record.
    pub(super) kind: &'static str,
    pub(super) place: Option<&'static str>,
    pub(super) interest: Option<&'static str>,
    /// Of somebody who shows no phone.
    pub(super) username: Option<&'static str>,
    /// What every message to them fails with.
    pub(super) fails: Option<u32>,
    pub(super) events: Vec<Event>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// How long ago.
    pub(super) ago: Duration,
    pub(super) by: By,
    pub(super) what: &'static str,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Customer,
    /// Somebody of the team wrote.
    Writes(&'static str),
    /// Somebody of the team did something.
    Does(&'static str),
}

/// A line that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the demo company's script cannot be read: {0}")]
pub(crate) struct Unreadable(&'static str);

/// Every conversation of a text.
///
/// # Errors
/// Names the first line that cannot be read.
pub(super) fn read(text: &'static str) -> Result<Vec<Conversation>, Unreadable> {
    let mut all: Vec<Conversation> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix("== ") {
            all.push(conversation(head).ok_or(Unreadable(line))?);
            continue;
        }
        let event = event(line).ok_or(Unreadable(line))?;
        all.last_mut().ok_or(Unreadable(line))?.events.push(event);
    }
    Ok(all)
}

fn conversation(head: &'static str) -> Option<Conversation> {
    let mut parts = head.split('|').map(str::trim);
    let mut read = Conversation {
        key: parts.next()?,
        name: parts.next()?,
        phone: parts.next()?,
        number: format!("900000000000{}", parts.next()?),
        kind: parts.next()?,
        ..Conversation::default()
    };
    for part in parts {
        match part.split_once(' ') {
            Some(("hidden", username)) => read.username = Some(username),
            Some(("fails", code)) => read.fails = Some(code.parse().ok()?),
            _ if read.place.is_none() => read.place = Some(part),
            _ => read.interest = Some(part),
        }
    }
    Some(read)
}

fn event(line: &'static str) -> Option<Event> {
    let (ago, rest) = line.strip_prefix('-')?.split_once(' ')?;
    let (who, what) = rest.trim_start().split_once(' ')?;
    let by = match (who, who.strip_prefix('>'), who.strip_prefix('*')) {
        ("<", ..) => By::Customer,
        (_, Some(name), _) => By::Writes(name),
        (_, _, Some(name)) => By::Does(name),
        _ => return None,
    };
    Some(Event { ago: duration(ago)?, by, what: what.trim() })
}

/// `3h`, `20m` or `3h20m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (hours, minutes) = match text.split_once('h') {
        Some((hours, "")) => (hours.parse().ok()?, 0),
        Some((hours, minutes)) => (hours.parse().ok()?, minutes.strip_suffix('m')?.parse().ok()?),
        None => (0, text.strip_suffix('m')?.parse().ok()?),
    };
    Some(Duration::from_secs(hours * 3_600 + minutes * 60_u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_who_and_what() {
        let read = read(
            "== a | Ana | 58412 | 201 | lead | Caracas | hidden ana.b\n-1h05m < Hola\n-20m >bo /react 👍\n",
        )
        .unwrap();
        assert_eq!((read[0].number.as_str(), read[0].username), ("900000000000201", Some("ana.b")));
        let events: Vec<_> =
            read[0].events.iter().map(|it| (it.ago.as_secs() / 60, it.by, it.what)).collect();
        assert_eq!(events, [(65, By::Customer, "Hola"), (20, By::Writes("bo"), "/react 👍")]);
        for wrong in [
            "-1h < before anybody",
            "== a | b",
            "== a | b | c | d | e\nwhen < x",
            "== a | b | c | d | e\n-1x < y",
        ] {
            assert!(super::read(wrong).is_err(), "{wrong}");
        }
    }
}
