//! A person's ids become others: a new number, and with it a new BSUID.
//!
//! Meta says so in a `system` message to every number that knows the person, at least once, and before or after the
//! first message from the new ids. Whatever the order, it ends as one person.

use cloud_api::{Bsuid, PortfolioId, WaId};
use jiff::Timestamp;

use super::{Person, PhoneClaim, PhoneOwner};
use crate::{ContactId, phone};

/// What Meta tells about a change of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The portfolio whose number was told.
    pub portfolio: PortfolioId,
    /// The BSUID until now.
    pub previous_user_id: Option<Bsuid>,
    /// The phone until now, if it is visible to us.
    pub previous_phone: Option<WaId>,
    /// The parent BSUID until now.
    pub previous_parent: Option<Bsuid>,
    /// The new BSUID.
    pub user_id: Option<Bsuid>,
    /// The new phone, if it is visible to us.
    pub phone: Option<WaId>,
    /// The new parent BSUID.
    pub parent: Option<Bsuid>,
    /// When, by Meta's clock.
    pub at: Timestamp,
}

/// What is on record about the ids of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeKnown {
    /// Owner of the BSUID until now.
    pub previous_owner: Option<ContactId>,
    /// Whether it is on record that another BSUID came after it.
    pub is_superseded: bool,
    /// Newest owner of the phone until now.
    pub previous_phone_owner: Option<PhoneOwner>,
    /// Owner of the parent BSUID until now.
    pub previous_parent_owner: Option<ContactId>,
    /// Owner of the new BSUID.
    pub owner: Option<ContactId>,
    /// Newest owner of the new phone.
    pub phone_owner: Option<PhoneOwner>,
    /// Owner of the new parent BSUID.
    pub parent_owner: Option<ContactId>,
}

/// Who the person is, and what has to be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The person.
    pub person: Person,
    /// Whether the BSUID until now is to be claimed: what was written under it may still come.
    pub claim_previous: bool,
    /// Whether the BSUID until now is to be noted as one of before.
    pub supersede: bool,
    /// Whether the new BSUID is to be claimed.
    pub claim_user_id: bool,
    /// Whether the new parent BSUID is to be claimed.
    pub claim_parent: bool,
    /// The record that the new ids made before anybody knew whose they are. It is the same person.
    pub joins: Option<ContactId>,
    /// What happens to the new phone.
    pub phone: PhoneClaim,
    /// Whether the person leaves the phone until now.
    pub leaves: bool,
}

impl Succession {
    /// Whether there is nothing to write: it came before.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let claims =
            self.claim_previous || self.supersede || self.claim_user_id || self.claim_parent || self.leaves;
        !claims && self.phone == PhoneClaim::Keep && matches!(self.person, Person::Known(_))
    }
}

/// Decides who a change is about. `None` if it names nobody.
#[must_use]
pub fn succeed(change: &Change, known: &ChangeKnown) -> Option<Succession> {
    if change.user_id.is_none() && change.phone.is_none() {
        return None;
    }
    let by_phone = known.previous_phone_owner.as_ref().filter(|owner| was_theirs(owner, change));
    let before = known.previous_owner.as_ref();
    let before = before.or(known.previous_parent_owner.as_ref()).or(by_phone.map(|owner| &owner.contact));
    let person = before.or(known.owner.as_ref()).or(known.parent_owner.as_ref());
    let joins = known.owner.clone().filter(|owner| person.is_some_and(|person| person != owner));
    let is_theirs = |contact: &ContactId| Some(contact) == person || Some(contact) == joins.as_ref();
    let phone = match (&change.phone, &known.phone_owner) {
        (None, _) => PhoneClaim::Keep,
        // The record that is joined has what came with the new ids.
        (Some(_), None) if joins.is_some() => PhoneClaim::Keep,
        (Some(_), None) => PhoneClaim::Take,
        (Some(_), Some(owner)) if is_theirs(&owner.contact) => {
            let is_bound = change.user_id.is_none() || owner.user_id == change.user_id;
            let is_joined = Some(&owner.contact) == joins.as_ref();
            let keeps = is_joined || (is_bound && owner.has_it_at(change.at));
            if keeps { PhoneClaim::Keep } else { PhoneClaim::Bind }
        }
        (Some(_), Some(owner)) if change.at < owner.since => PhoneClaim::Keep,
        (Some(_), Some(owner)) => PhoneClaim::Move { from: owner.contact.clone() },
    };
    let is_same_line = match (&change.previous_phone, &change.phone) {
        (Some(before), Some(now)) => phone::same_line(before.as_str(), now.as_str()),
        _ => false,
    };
    let leaves = known.previous_phone_owner.as_ref().is_some_and(|owner| {
        // A phone that came with a BSUID since this change stays.
        let is_bound =
            owner.user_id.as_ref().is_none_or(|bound| Some(bound) == change.previous_user_id.as_ref());
        person == Some(&owner.contact) && is_bound && owner.until.is_none() && owner.since <= change.at
    });
    Some(Succession {
        claim_previous: change.previous_user_id.is_some() && known.previous_owner.is_none(),
        supersede: change.user_id.is_some() && known.previous_owner.is_some() && !known.is_superseded,
        claim_user_id: change.user_id.is_some() && known.owner.is_none(),
        claim_parent: change.parent.is_some() && known.parent_owner.is_none(),
        person: person.map_or(Person::New, |person| Person::Known(person.clone())),
        joins,
        phone,
        leaves: leaves && !is_same_line,
    })
}

/// Whether the phone until now names the person: not if it came with another BSUID, or is somebody else's since.
fn was_theirs(owner: &PhoneOwner, change: &Change) -> bool {
    let is_bound = match (&owner.user_id, &change.previous_user_id) {
        (Some(bound), Some(previous)) => bound == previous,
        _ => true,
    };
    is_bound && owner.since <= change.at && owner.has_it_at(change.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> ContactId {
        ContactId::new(id).unwrap()
    }

    fn change() -> Change {
        Change {
            portfolio: PortfolioId::new("main"),
            previous_user_id: Some(Bsuid::from("US.1")),
            previous_phone: Some(WaId::from("15550109901")),
            previous_parent: None,
            user_id: Some(Bsuid::from("US.2")),
            phone: Some(WaId::from("15550109902")),
            parent: None,
            at: Timestamp::constant(1_000, 0),
        }
    }

    fn phone(id: &str, user_id: Option<&str>) -> PhoneOwner {
        let since = Timestamp::constant(500, 0);
        PhoneOwner { contact: contact(id), since, until: None, user_id: user_id.map(Bsuid::from) }
    }

    #[test]
    fn a_known_person_takes_the_new_ids_and_leaves_the_old_number() {
        let known = ChangeKnown {
            previous_owner: Some(contact("a")),
            previous_phone_owner: Some(phone("a", Some("US.1"))),
            ..ChangeKnown::default()
        };
        let answer = succeed(&change(), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert!(answer.claim_user_id && answer.leaves && answer.supersede && !answer.claim_previous);
        assert_eq!((answer.phone, answer.joins), (PhoneClaim::Take, None));
    }

    #[test]
    fn who_wrote_from_the_new_ids_before_the_news_came_is_joined() {
        let known = ChangeKnown {
            previous_owner: Some(contact("a")),
            owner: Some(contact("b")),
            phone_owner: Some(phone("b", Some("US.2"))),
            ..ChangeKnown::default()
        };
        let answer = succeed(&change(), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!((answer.joins, answer.phone), (Some(contact("b")), PhoneClaim::Keep));
    }

    #[test]
    fn somebody_known_by_number_only_is_followed_by_it() {
        let known = ChangeKnown { previous_phone_owner: Some(phone("a", None)), ..ChangeKnown::default() };
        let answer = succeed(&change(), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert!(answer.claim_previous && answer.claim_user_id);
    }

    #[test]
    fn an_old_number_that_is_somebody_elses_by_now_names_nobody() {
        let known =
            ChangeKnown { previous_phone_owner: Some(phone("c", Some("US.9"))), ..ChangeKnown::default() };
        let answer = succeed(&change(), &known).unwrap();
        assert_eq!(answer.person, Person::New);
        assert!(!answer.leaves);
    }

    #[test]
    fn the_new_number_of_a_person_was_another_persons_before() {
        let known = ChangeKnown {
            previous_owner: Some(contact("a")),
            phone_owner: Some(phone("c", Some("US.9"))),
            ..ChangeKnown::default()
        };
        assert_eq!(succeed(&change(), &known).unwrap().phone, PhoneClaim::Move { from: contact("c") });
    }

    #[test]
    fn the_same_news_again_changes_nothing() {
        let mut left = phone("a", Some("US.1"));
        left.until = Some(change().at);
        let known = ChangeKnown {
            previous_owner: Some(contact("a")),
            is_superseded: true,
            previous_phone_owner: Some(left),
            owner: Some(contact("a")),
            phone_owner: Some(phone("a", Some("US.2"))),
            ..ChangeKnown::default()
        };
        assert!(succeed(&change(), &known).unwrap().is_settled());
    }

    #[test]
    fn a_change_to_nothing_is_none() {
        let change = Change { user_id: None, phone: None, ..change() };
        assert_eq!(succeed(&change, &ChangeKnown::default()), None);
    }
}
