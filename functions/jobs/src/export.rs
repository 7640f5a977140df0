//! Everything about a person, as JSON for machines and as a page for people.

use domain::campaign::CampaignId;
use domain::campaign::conversion::Conversion;
use domain::consent::{Entry, Purpose};
use domain::inbox::Handling;
use domain::label::{Label, LabelId};
use domain::{Contact, ContactId, ConversationId};
use jiff::Timestamp;
use lambda_kit::Failure;
use serde_json::{Value, json};
use store::{Direction, Related, StoredMessage, Thread};
use tracing::info;

use crate::{Jobs, failure, no_bucket, page};

/// Messages that are read at once.
const PAGE: u16 = 100;

impl Jobs {
    pub(crate) async fn export(&self, id: &str) -> Result<(), Failure> {
        let Some(mut export) = self.store.export(id).await.map_err(failure)? else {
            return Err(Failure::Dead("nobody asked for this export".to_owned()));
        };
        if export.ready_at.is_some() {
            return Ok(());
        }
        let contact = ContactId::new(export.contact.as_str());
        let contact = contact.ok_or_else(|| Failure::Dead("the export names no contact".to_owned()))?;
        let record = self.store.contact(&contact).await.map_err(failure)?.filter(|record| !record.erased);
        // Erased meanwhile: there is nothing to say, and nothing is kept.
        let Some(record) = record else { return Ok(()) };
        let document = self.document(&record).await?;
        let name = format!("exports/{contact}/{id}");
        let json = serde_json::to_vec_pretty(&document).unwrap_or_default();
        self.bucket.put(&format!("{name}.json"), "application/json", json).await.map_err(no_bucket)?;
        let html = page::of(&document).into_bytes();
        let kind = "text/html; charset=utf-8";
        self.bucket.put(&format!("{name}.html"), kind, html).await.map_err(no_bucket)?;
        export.ready_at = Some(self.kit.clock.now());
        self.store.put_export(&export).await.map_err(failure)?;
        info!(export.id = id, contact.id = %contact, "Wrote down everything about a person");
        Ok(())
    }

    async fn document(&self, contact: &Contact) -> Result<Value, Failure> {
        let consents = self.store.consents_of_person(&contact.id).await.map_err(failure)?;
        let records = self.store.records_of(&contact.id).await.map_err(failure)?;
        let others: Vec<_> = records.into_iter().filter(|record| *record != contact.id).collect();
        let others = self.store.contacts_of(others).await.map_err(failure)?;
        let labels = self.store.labels().await.map_err(failure)?;
        let mut conversions = Vec::new();
        for record in std::iter::once(&contact.id).chain(others.keys()) {
            let told = self.store.conversions_of(record).await.map_err(failure)?;
            conversions.extend(told.iter().map(|(campaign, told)| conversion(campaign, told)));
        }
        let mut conversations = Vec::new();
        for number in self.store.numbers().await.map_err(failure)? {
            let id = ConversationId::with_contact(number.id.clone(), contact.id.clone());
            let thread = self.store.thread(&id).await.map_err(failure)?;
            let messages = self.messages(&thread).await?;
            let state = self.store.state(&thread.root).await.map_err(failure)?;
            if !messages.is_empty() || state.is_some() {
                let number = json!({ "id": number.id.as_str(), "display": number.display });
                let handling = state.map(|state| handling(state.handling, &labels));
                conversations.push(json!({ "number": number, "handling": handling, "messages": messages }));
            }
        }
        Ok(json!({
            "generated_at": self.kit.clock.now().to_string(),
            "contact": record(contact),
            "merged_contacts": others.values().map(record).collect::<Vec<_>>(),
            "conversions": conversions,
            "consent": consents.iter().map(word).collect::<Vec<_>>(),
            "conversations": conversations,
        }))
    }

    /// Every message of a conversation of all the person's records, oldest first, with what is about it.
    async fn messages(&self, thread: &Thread) -> Result<Vec<Value>, Failure> {
        let (mut all, mut before) = (Vec::new(), None::<String>);
        loop {
            let page =
                self.store.messages_in(thread, (None, before.as_deref()), PAGE).await.map_err(failure)?;
            if before.is_none() {
                all.extend(page.related.iter().map(related));
            }
            all.extend(page.messages.iter().map(message));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        all.sort_by_key(|message| message["at"].as_str().map(str::to_owned));
        Ok(all)
    }
}

/// What another system told that the person did.
fn conversion(campaign: &CampaignId, told: &Conversion) -> Value {
    json!({
        "campaign": campaign.as_str(),
        "kind": told.kind,
        "at": told.at.to_string(),
        "value": told.value.as_ref().map(|worth| format!("{} {}", worth.amount, worth.currency)),
    })
}

fn record(contact: &Contact) -> Value {
    json!({
        "id": contact.id.to_string(),
        "kind": contact.kind.as_str(),
        "name": contact.name,
        "name_on_whatsapp": contact.profile_name,
        "username": contact.username,
        "phone": contact.phone,
        "user_id": contact.user_id,
        "email": contact.email,
        "labels": contact.labels,
        "identities": contact.identities,
        "fields": contact.fields.iter().map(|(id, value)| (id.to_string(), json!(format!("{value:?}")))).collect::<serde_json::Map<_, _>>(),
        "created_at": contact.created_at.to_string(),
        "blocked_at": contact.blocked_at.map(|at| at.to_string()),
    })
}

/// What the company noted about a conversation. Labels by their names: what a person is called is about them.
fn handling(handling: Handling, labels: &[Label]) -> Value {
    let name = |id: &LabelId| {
        let label = labels.iter().find(|label| label.id == *id);
        label.map_or_else(|| id.to_string(), |label| label.name.clone())
    };
    json!({
        "state": handling.status.word(),
        "labels": handling.labels.iter().map(name).collect::<Vec<_>>(),
        "important_since": handling.important_since.map(|at| at.to_string()),
        "assignee": handling.assignee.map(|agent| agent.to_string()),
        "department": handling.department.map(|department| department.to_string()),
    })
}

fn word(entry: &Entry) -> Value {
    json!({
        "at": entry.at.to_string(),
        "choice": entry.choice.as_str(),
        "purpose": entry.purpose.map_or("all", Purpose::as_str),
        "portfolio": entry.portfolio.as_str(),
        "number": entry.number.as_ref().map(ToString::to_string),
        "source": entry.source.as_str(),
        "by": entry.by,
        "wording": entry.wording,
        "proof": entry.proof,
    })
}

fn message(message: &StoredMessage) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "at": message.sent_at.to_string(),
        "received_at": message.received_at.to_string(),
        "from": match message.direction {
            Direction::Inbound => "person",
            Direction::Outbound => "company",
            Direction::Note => "note",
        },
        "type": message.kind,
        "id": message.wamid,
        "content": serde_json::from_str::<Value>(&message.raw).unwrap_or(Value::Null),
        "delivered_at": time(message.delivery.delivered),
        "read_at": time(message.delivery.read),
        "failed_at": time(message.delivery.failed.or(message.refused_at)),
    })
}

fn related(about: &Related) -> Value {
    let mut shown = message(&about.message);
    shown["about"] = about.kind.as_str().into();
    shown
}
