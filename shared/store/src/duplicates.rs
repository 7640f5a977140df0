//! Records that may be one person.

use domain::identity::{Given, Likeness, names_alike};
use domain::record::fold::fold;
use domain::record::term::{Term, tail, username};
use domain::{Contact, ContactId};
use futures::future::try_join_all;

use crate::item::Get;
use crate::{Store, StoreError, keys};

impl Store {
    /// Other records that may be the same person, with the reasons. Never more than a screen of them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn duplicates_of(
        &self,
        contact: &Contact,
    ) -> Result<Vec<(Contact, Vec<Likeness>)>, StoreError> {
        let mut found: Vec<(ContactId, Likeness)> = Vec::new();
        for given in contact.identities.iter().filter_map(|id| Given::of_record(id)) {
            let (kind, value, likeness) = match &given {
                Given::Email(value) => ("email", value, Likeness::Email),
                Given::Username(value) => ("username", value, Likeness::Username),
                _ => continue,
            };
            found.extend(self.sharers(kind, value).await?.into_iter().map(|it| (it, likeness)));
        }
        let terms = [
            (contact.email.as_deref().map(fold).map(|it| Term::Exact("email", it)), Likeness::Email),
            (contact.username.as_deref().map(|it| Term::Exact("username", username(it))), Likeness::Username),
            (
                contact.phone.as_deref().and_then(tail).map(|it| Term::Exact("tail", it)),
                Likeness::NameAndNumber,
            ),
        ];
        for (term, likeness) in terms {
            let Some(term) = term else { continue };
            let there = self.partition(&keys::term(&term)).await?;
            let there = there.iter().filter_map(|item| ContactId::new(item.text("sk")?));
            found.extend(there.map(|it| (it, likeness)));
        }
        found.extend(self.parents_of(contact).await?.into_iter().map(|it| (it, Likeness::ParentUserId)));
        let ours = self.records_of(&contact.id).await?;
        let roots = try_join_all(found.iter().map(|(other, _)| self.root_of(other))).await?;
        let mut likely: Vec<(ContactId, Likeness)> =
            roots.into_iter().zip(found).map(|(root, (_, likeness))| (root, likeness)).collect();
        likely.retain(|(root, _)| !ours.contains(root));
        likely.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        likely.dedup();
        let mut records = self.contacts_of(likely.iter().map(|(root, _)| root.clone()).collect()).await?;
        let name = contact.display_name().unwrap_or_default();
        let mut answer: Vec<(Contact, Vec<Likeness>)> = Vec::new();
        for (root, likeness) in likely {
            if let Some((_, likenesses)) = answer.iter_mut().find(|(other, _)| other.id == root) {
                likenesses.push(likeness);
                continue;
            }
            let Some(other) = records.get(&root).filter(|other| !other.erased) else { continue };
            let alike = names_alike(name, other.display_name().unwrap_or_default());
            if likeness != Likeness::NameAndNumber || alike {
                answer.extend(records.remove(&root).map(|other| (other, vec![likeness])));
            }
        }
        Ok(answer)
    }

    /// Who owns the parent BSUIDs that came with this person's BSUIDs.
    async fn parents_of(&self, contact: &Contact) -> Result<Vec<ContactId>, StoreError> {
        let user_ids = contact.identities.iter().filter_map(|id| Given::of_record(id));
        let user_ids = user_ids.filter(|given| matches!(given, Given::UserId(..)));
        let keys = user_ids.map(|given| keys::given(&given, &contact.id)).collect::<Vec<_>>();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.batch_get(&self.tables.contacts, keys).await?;
        let parents = items.iter().filter_map(|item| item.text("pu").map(cloud_api::Bsuid::new));
        let parents = parents.map(|parent| keys::parent(&parent)).collect::<Vec<_>>();
        if parents.is_empty() {
            return Ok(Vec::new());
        }
        let owners = self.batch_get(&self.tables.contacts, parents).await?;
        Ok(owners.iter().filter_map(|item| ContactId::new(item.text("ct")?)).collect())
    }
}
