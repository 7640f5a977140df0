//! Who is behind the ids of a payload: one person, many identities.
//!
//! A business-scoped user id (BSUID) has one owner for good. A phone number has owners over time: numbers
//! are given to other people. So the BSUID decides where there is one, and a number alone proves only who
//! had it last.

use cloud_api::{Bsuid, PortfolioId, WaId};
use jiff::Timestamp;

use crate::ContactId;

/// The ids that a payload names for one person, at the time it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The portfolio whose number was written to: BSUIDs hold within one.
    pub portfolio: PortfolioId,
    /// The person's BSUID, if the payload has one.
    pub user_id: Option<Bsuid>,
    /// The person's phone, if it is visible to us.
    pub phone: Option<WaId>,
    /// When, by Meta's clock.
    pub at: Timestamp,
}

/// Who owns a phone number now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneOwner {
    /// The person.
    pub contact: ContactId,
    /// The first time we saw the number with this person.
    pub since: Timestamp,
    /// The BSUID that came with the number in this portfolio, if one ever did.
    pub user_id: Option<Bsuid>,
}

/// What is on record about the ids of a sighting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Owner of the BSUID.
    pub user_id_owner: Option<ContactId>,
    /// Newest owner of the phone.
    pub phone_owner: Option<PhoneOwner>,
}

/// What is to be done with the phone of a sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneClaim {
    /// Nothing: there is none, or it is this person's already, or a later owner has it.
    Keep,
    /// Nobody had it: it becomes this person's.
    Take,
    /// It is this person's; note which BSUID it came with.
    Bind,
    /// It was somebody else's: from now on it is this person's, and both threads say so. Nothing is
    /// inherited: no history, no consent.
    Move {
        /// Whose it was.
        from: ContactId,
    },
}

/// Whose message it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Somebody on record.
    Known(ContactId),
    /// Nobody yet.
    New,
}

/// The answer: whose the sighting is, and what has to be claimed before anything is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The person.
    pub person: Person,
    /// Whether the BSUID is to be claimed for the person.
    pub claim_user_id: bool,
    /// What happens to the phone.
    pub phone: PhoneClaim,
}

/// Decides whose a sighting is. Pure: the writes that follow carry the conditions that make it true.
///
/// `None` if the sighting names nobody.
#[must_use]
pub fn resolve(sighting: &Sighting, known: &Known) -> Option<Resolution> {
    match (&sighting.user_id, &sighting.phone) {
        (None, None) => None,
        (Some(user_id), phone) => Some(by_user_id(sighting, user_id, phone.is_some(), known)),
        (None, Some(_)) => Some(by_phone(known)),
    }
}

fn by_phone(known: &Known) -> Resolution {
    match &known.phone_owner {
        Some(owner) => Resolution {
            person: Person::Known(owner.contact.clone()),
            claim_user_id: false,
            phone: PhoneClaim::Keep,
        },
        None => Resolution { person: Person::New, claim_user_id: false, phone: PhoneClaim::Take },
    }
}

fn by_user_id(sighting: &Sighting, user_id: &Bsuid, has_phone: bool, known: &Known) -> Resolution {
    let phone_owner = known.phone_owner.as_ref().filter(|_| has_phone);
    let take = if has_phone { PhoneClaim::Take } else { PhoneClaim::Keep };
    let from = |owner: &PhoneOwner| PhoneClaim::Move { from: owner.contact.clone() };
    match (&known.user_id_owner, phone_owner) {
        (None, None) => Resolution { person: Person::New, claim_user_id: true, phone: take },
        // Known by number only until today: the BSUID is the same person's.
        (None, Some(owner)) if owner.user_id.as_ref().is_none_or(|bound| bound == user_id) => Resolution {
            person: Person::Known(owner.contact.clone()),
            claim_user_id: true,
            phone: PhoneClaim::Bind,
        },
        // The same number with another BSUID is another person.
        (None, Some(owner)) => Resolution { person: Person::New, claim_user_id: true, phone: from(owner) },
        (Some(contact), owner) => {
            let phone = match owner {
                None => take,
                Some(owner) if owner.contact == *contact => match &owner.user_id {
                    Some(bound) if bound == user_id => PhoneClaim::Keep,
                    _ => PhoneClaim::Bind,
                },
                // A late delivery does not take a number back from its later owner.
                Some(owner) if sighting.at < owner.since => PhoneClaim::Keep,
                Some(owner) => from(owner),
            };
            Resolution { person: Person::Known(contact.clone()), claim_user_id: false, phone }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(id: &str) -> ContactId {
        ContactId::new(id).unwrap()
    }

    fn sighting(user_id: Option<&str>, phone: Option<&str>) -> Sighting {
        Sighting {
            portfolio: PortfolioId::new("main"),
            user_id: user_id.map(Bsuid::from),
            phone: phone.map(WaId::from),
            at: Timestamp::constant(1_000, 0),
        }
    }

    fn owner(id: &str, user_id: Option<&str>) -> PhoneOwner {
        PhoneOwner {
            contact: contact(id),
            since: Timestamp::constant(500, 0),
            user_id: user_id.map(Bsuid::from),
        }
    }

    #[test]
    fn a_stranger_becomes_a_new_person_with_both_identities() {
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &Known::default()).unwrap();
        assert_eq!(answer, Resolution { person: Person::New, claim_user_id: true, phone: PhoneClaim::Take });
    }

    #[test]
    fn a_person_known_by_number_keeps_the_thread_when_the_user_id_appears() {
        let known = Known { user_id_owner: None, phone_owner: Some(owner("a", None)) };
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert!(answer.claim_user_id);
        assert_eq!(answer.phone, PhoneClaim::Bind);
    }

    #[test]
    fn the_same_number_with_another_user_id_is_another_person_and_inherits_nothing() {
        let known = Known { user_id_owner: None, phone_owner: Some(owner("a", Some("US.1"))) };
        let answer = resolve(&sighting(Some("US.2"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::New);
        assert_eq!(answer.phone, PhoneClaim::Move { from: contact("a") });
    }

    #[test]
    fn a_known_user_id_without_a_phone_is_the_same_person() {
        let known = Known { user_id_owner: Some(contact("a")), phone_owner: None };
        let answer = resolve(&sighting(Some("US.1"), None), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!(answer.phone, PhoneClaim::Keep);
    }

    #[test]
    fn a_late_message_does_not_take_a_number_back() {
        let mut newer = owner("b", Some("US.2"));
        newer.since = Timestamp::constant(2_000, 0);
        let known = Known { user_id_owner: Some(contact("a")), phone_owner: Some(newer) };
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!(answer.phone, PhoneClaim::Keep);
    }

    #[test]
    fn a_phone_alone_belongs_to_its_newest_owner() {
        let known = Known { user_id_owner: None, phone_owner: Some(owner("a", Some("US.1"))) };
        let answer = resolve(&sighting(None, Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
    }

    #[test]
    fn nobody_is_named_by_an_empty_sighting() {
        assert_eq!(resolve(&sighting(None, None), &Known::default()), None);
    }
}
