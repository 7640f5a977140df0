//! What conversations lend each other, as a state holds it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ContactId;
use domain::agent::{AgentId, DepartmentId};
use domain::inbox::Status;
use domain::loan::Loan;
use jiff::Timestamp;

use crate::handling::{read_labels, second};
use crate::item::{Get, Item, Put, ms, s};
use crate::keys;

/// `None` if nothing is lent.
pub(crate) fn write_loans(loans: &[Loan]) -> Option<AttributeValue> {
    (!loans.is_empty()).then(|| AttributeValue::L(loans.iter().map(write).collect()))
}

/// What a state has of others.
pub(crate) fn read_loans(state: &Item) -> Vec<Loan> {
    let loans = state.get("ln").and_then(|loans| loans.as_l().ok());
    loans.into_iter().flatten().filter_map(|loan| read(loan.as_m().ok()?)).collect()
}

fn write(loan: &Loan) -> AttributeValue {
    let mut item = Item::new();
    item.put("of", s(loan.of.as_str()));
    item.put("t", ms(loan.at));
    if let Some((before, lent)) = loan.status {
        item.put_text("sb", before.map(write_status).as_deref());
        item.put("st", s(write_status(lent)));
    }
    if let Some((agent, since)) = &loan.assignee {
        item.put("as", s(agent.as_str()));
        item.put_text("qo", since.map(keys::seconds).as_deref());
    }
    item.put_text("pa", loan.previous.as_ref().map(AgentId::as_str));
    item.put_text("dp", loan.department.as_ref().map(DepartmentId::as_str));
    if !loan.labels.is_empty() {
        item.put("lb", AttributeValue::Ss(loan.labels.iter().map(ToString::to_string).collect()));
    }
    item.put_text("ii", loan.important_since.map(keys::seconds).as_deref());
    if loan.answered {
        item.put("an", AttributeValue::Bool(true));
    }
    AttributeValue::M(item)
}

fn read(item: &Item) -> Option<Loan> {
    let status = |name: &str| item.text(name).and_then(read_status);
    Some(Loan {
        of: ContactId::new(item.text("of")?)?,
        at: item.time("t")?,
        status: status("st").map(|lent| (status("sb"), lent)),
        assignee: item.text("as").and_then(AgentId::new).map(|agent| (agent, second(item, "qo"))),
        previous: item.text("pa").and_then(AgentId::new),
        department: item.text("dp").and_then(DepartmentId::new),
        labels: read_labels(item).collect(),
        important_since: second(item, "ii"),
        answered: item.is_set("an"),
    })
}

/// A word; that of what is put aside with the millisecond until when.
fn write_status(status: Status) -> String {
    match status {
        Status::Snoozed { until } => format!("{}#{}", status.word(), until.as_millisecond()),
        status => status.word().to_owned(),
    }
}

fn read_status(text: &str) -> Option<Status> {
    match text.split_once('#') {
        Some((_, until)) => {
            let until = Timestamp::from_millisecond(until.parse().ok()?).ok()?;
            Some(Status::Snoozed { until })
        }
        None => [Status::Open, Status::Pending, Status::Closed].into_iter().find(|it| it.word() == text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lent_reads_as_it_was_written() {
        let at = Timestamp::from_second(1_795_392_000).unwrap();
        let bare = Loan {
            of: ContactId::new("01K").unwrap(),
            at,
            status: None,
            assignee: None,
            previous: None,
            department: None,
            labels: std::collections::BTreeSet::new(),
            important_since: None,
            answered: false,
        };
        let full = Loan {
            status: Some((Some(Status::Snoozed { until: at }), Status::Open)),
            assignee: AgentId::new("ana").map(|agent| (agent, Some(at))),
            previous: AgentId::new("ben"),
            department: DepartmentId::new("sales"),
            labels: ["vip"].into_iter().filter_map(domain::label::LabelId::new).collect(),
            important_since: Some(at),
            answered: true,
            ..bare.clone()
        };
        let new = Loan { status: Some((None, Status::Closed)), ..bare.clone() };
        let loans = vec![bare, full, new];
        let state = Item::from([("ln".to_owned(), write_loans(&loans).unwrap())]);
        assert_eq!(read_loans(&state), loans);
        assert_eq!(write_loans(&[]), None);
    }
}
