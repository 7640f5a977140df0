//! Who is behind the ids of a payload: one person, many identities.
//!
//! A business-scoped user id (BSUID) has one owner for good. A phone number has owners over time: numbers
//! are given to other people. So the BSUID decides where there is one, and a number alone proves only who
//! had it last.

mod change;
mod given;

use cloud_api::{Bsuid, PortfolioId, WaId};
use jiff::Timestamp;

use crate::ContactId;

pub use change::{Change, ChangeKnown, Succession, succeed};
pub use given::{Given, Likeness, NotGiven, names_alike};

/// The ids that a payload names for one person, at the time it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The portfolio whose number was written to: BSUIDs hold within one.
    pub portfolio: PortfolioId,
    /// The person's BSUID, if the payload has one.
    pub user_id: Option<Bsuid>,
    /// The person's id across linked portfolios, if the payload has one.
    pub parent_user_id: Option<Bsuid>,
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
    /// When the person left the number for another one, if Meta told us. Nobody has it since.
    pub until: Option<Timestamp>,
    /// The BSUID that came with the number in this portfolio, if one ever did.
    pub user_id: Option<Bsuid>,
}

impl PhoneOwner {
    /// Whether the number still was this person's at a time.
    #[must_use]
    pub fn has_it_at(&self, at: Timestamp) -> bool {
        // Meta's times are whole seconds: what was written in the second of the change came before it.
        self.until.is_none_or(|until| at <= until)
    }
}

/// What is on record about the ids of a sighting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Owner of the BSUID.
    pub user_id_owner: Option<ContactId>,
    /// Whether that person has another BSUID since: what still comes under this one is late.
    pub is_superseded: bool,
    /// Owner of the parent BSUID.
    pub parent_owner: Option<ContactId>,
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
    /// Whether the parent BSUID is to be claimed for the person.
    pub claim_parent: bool,
    /// What happens to the phone.
    pub phone: PhoneClaim,
}

/// Decides whose a sighting is. Pure: the writes that follow carry the conditions that make it true.
///
/// The BSUID decides; where it is new, the parent BSUID does; where both are, the phone does, if nothing says that it is
/// somebody else's by now. `None` if the sighting names nobody.
#[must_use]
pub fn resolve(sighting: &Sighting, known: &Known) -> Option<Resolution> {
    let is_named = sighting.user_id.is_some() || sighting.parent_user_id.is_some();
    if !is_named && sighting.phone.is_none() {
        return None;
    }
    let owner = known.phone_owner.as_ref().filter(|_| sighting.phone.is_some());
    let (person, phone) = match known.user_id_owner.as_ref().or(known.parent_owner.as_ref()) {
        // What is late says nothing about the number that the person has now.
        Some(contact) if known.is_superseded => (Person::Known(contact.clone()), PhoneClaim::Keep),
        Some(contact) => (Person::Known(contact.clone()), phone_of(contact, sighting, owner)),
        None => by_phone(sighting, owner),
    };
    Some(Resolution {
        person,
        claim_user_id: sighting.user_id.is_some() && known.user_id_owner.is_none(),
        claim_parent: sighting.parent_user_id.is_some() && known.parent_owner.is_none(),
        phone,
    })
}

/// Nobody is on record under the BSUIDs.
fn by_phone(sighting: &Sighting, owner: Option<&PhoneOwner>) -> (Person, PhoneClaim) {
    let Some(owner) = owner else {
        let take = if sighting.phone.is_some() { PhoneClaim::Take } else { PhoneClaim::Keep };
        return (Person::New, take);
    };
    let is_another = match &sighting.user_id {
        // Known by number only until today: the BSUID is the same person's.
        Some(user_id) => owner.user_id.as_ref().is_some_and(|bound| bound != user_id),
        None => false,
    };
    if is_another || !owner.has_it_at(sighting.at) {
        // The same number with another BSUID is another person, and so is whoever has a number that was left.
        return (Person::New, PhoneClaim::Move { from: owner.contact.clone() });
    }
    let phone = if sighting.user_id.is_some() { PhoneClaim::Bind } else { PhoneClaim::Keep };
    (Person::Known(owner.contact.clone()), phone)
}

/// What happens to the phone that a known person was seen with.
fn phone_of(contact: &ContactId, sighting: &Sighting, owner: Option<&PhoneOwner>) -> PhoneClaim {
    match (owner, &sighting.user_id) {
        (None, _) if sighting.phone.is_some() => PhoneClaim::Take,
        (None, _) => PhoneClaim::Keep,
        (Some(owner), user_id) if owner.contact == *contact => {
            let is_bound = user_id.is_none() || owner.user_id == *user_id;
            if is_bound && owner.has_it_at(sighting.at) { PhoneClaim::Keep } else { PhoneClaim::Bind }
        }
        // A late delivery does not take a number back from its later owner.
        (Some(owner), _) if sighting.at < owner.since => PhoneClaim::Keep,
        (Some(owner), _) => PhoneClaim::Move { from: owner.contact.clone() },
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
            parent_user_id: None,
            phone: phone.map(WaId::from),
            at: Timestamp::constant(1_000, 0),
        }
    }

    fn owner(id: &str, user_id: Option<&str>) -> PhoneOwner {
        PhoneOwner {
            contact: contact(id),
            since: Timestamp::constant(500, 0),
            until: None,
            user_id: user_id.map(Bsuid::from),
        }
    }

    #[test]
    fn a_stranger_becomes_a_new_person_with_both_identities() {
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &Known::default()).unwrap();
        assert_eq!((answer.person, answer.claim_user_id), (Person::New, true));
        assert_eq!(answer.phone, PhoneClaim::Take);
    }

    #[test]
    fn a_person_known_by_number_keeps_the_thread_when_the_user_id_appears() {
        let known = Known { phone_owner: Some(owner("a", None)), ..Known::default() };
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert!(answer.claim_user_id);
        assert_eq!(answer.phone, PhoneClaim::Bind);
    }

    #[test]
    fn the_same_number_with_another_user_id_is_another_person_and_inherits_nothing() {
        let known = Known { phone_owner: Some(owner("a", Some("US.1"))), ..Known::default() };
        let answer = resolve(&sighting(Some("US.2"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::New);
        assert_eq!(answer.phone, PhoneClaim::Move { from: contact("a") });
    }

    #[test]
    fn a_known_user_id_without_a_phone_is_the_same_person() {
        let known = Known { user_id_owner: Some(contact("a")), ..Known::default() };
        let answer = resolve(&sighting(Some("US.1"), None), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!(answer.phone, PhoneClaim::Keep);
    }

    #[test]
    fn a_late_message_does_not_take_a_number_back() {
        let mut newer = owner("b", Some("US.2"));
        newer.since = Timestamp::constant(2_000, 0);
        let known = Known { user_id_owner: Some(contact("a")), phone_owner: Some(newer), ..Known::default() };
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!(answer.phone, PhoneClaim::Keep);
    }

    #[test]
    fn a_phone_alone_belongs_to_its_newest_owner() {
        let known = Known { phone_owner: Some(owner("a", Some("US.1"))), ..Known::default() };
        let answer = resolve(&sighting(None, Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
    }

    #[test]
    fn a_person_known_in_a_linked_portfolio_is_the_same_person_here() {
        let mut sighting = sighting(Some("US.2"), None);
        sighting.parent_user_id = Some(Bsuid::from("US.ENT.1"));
        let known = Known { parent_owner: Some(contact("a")), ..Known::default() };
        let answer = resolve(&sighting, &known).unwrap();
        assert_eq!(answer.person, Person::Known(contact("a")));
        assert_eq!((answer.claim_user_id, answer.claim_parent), (true, false));
        let stranger = resolve(&sighting, &Known::default()).unwrap();
        assert_eq!((stranger.person, stranger.claim_parent), (Person::New, true));
    }

    #[test]
    fn whoever_writes_from_a_number_that_was_left_is_somebody_else() {
        let mut left = owner("a", Some("US.1"));
        left.until = Some(Timestamp::constant(900, 0));
        let known = Known { phone_owner: Some(left), ..Known::default() };
        let answer = resolve(&sighting(None, Some("1555")), &known).unwrap();
        assert_eq!(answer.person, Person::New);
        assert_eq!(answer.phone, PhoneClaim::Move { from: contact("a") });
        let mut before = sighting(None, Some("1555"));
        before.at = Timestamp::constant(900, 0);
        assert_eq!(resolve(&before, &known).unwrap().person, Person::Known(contact("a")));
    }

    #[test]
    fn a_late_message_under_an_id_of_before_does_not_bring_its_number_back() {
        let known = Known { user_id_owner: Some(contact("a")), is_superseded: true, ..Known::default() };
        let answer = resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap();
        assert_eq!((answer.person, answer.phone), (Person::Known(contact("a")), PhoneClaim::Keep));
    }

    #[test]
    fn a_person_who_comes_back_to_a_number_has_it_again() {
        let mut left = owner("a", Some("US.1"));
        left.until = Some(Timestamp::constant(900, 0));
        let known = Known { user_id_owner: Some(contact("a")), phone_owner: Some(left), ..Known::default() };
        assert_eq!(resolve(&sighting(Some("US.1"), Some("1555")), &known).unwrap().phone, PhoneClaim::Bind);
    }

    #[test]
    fn nobody_is_named_by_an_empty_sighting() {
        assert_eq!(resolve(&sighting(None, None), &Known::default()), None);
    }
}
