#![doc = include_str!("../README.md")]

mod agents;
mod audit;
mod campaigns;
mod changes;
mod clients;
mod condition;
mod consent;
mod contacts;
mod deliveries;
mod directory;
mod duplicates;
mod endpoints;
mod erasure;
mod erasure_identities;
mod error;
mod exports;
mod fallback;
mod gate;
mod hand_out;
mod handling;
mod identities;
mod importing;
mod imports;
mod inbound;
mod inbox;
mod item;
mod journal;
mod judge;
mod keys;
mod letters;
mod lists;
mod loans;
mod lookup;
mod media;
mod merge;
mod meter;
mod notes;
mod number_facts;
mod number_settings;
mod number_steps;
mod outbound;
mod people;
mod people_change;
mod people_claims;
mod people_items;
mod presence;
mod rate_cards;
mod realtime;
mod rebuild;
mod record_item;
mod records;
mod rejected;
mod reports;
mod requests;
mod reword;
mod rules;
mod search;
mod settings;
mod shelf;
mod statuses;
mod streams;
mod sweep;
mod template_history;
mod template_mirror;
mod templates;
mod terms;
mod threads;
mod tombstones;
mod transact;
mod united;
mod uploads;
mod wabas;
mod waiting;
mod work;
mod writes;

use aws_sdk_dynamodb::Client;

pub use agents::AgentChange;
pub use audit::{AuditEntry, AuditFilter, AuditPage};
pub use campaigns::{
    AudiencePage, Campaign, CampaignLine, CampaignLines, CampaignMessage, CampaignPage, CampaignPost,
    CampaignReport, Converted, EarlierPage, FrozenTemplate, Kept, KeptGate, KeptLedger, KeptMoney, KeptRun,
    LastChunk, Log, LogPlace, Member, OpenChunks, PreflightJob, Sender, SlotTaken, Snapshot, StoredChunk,
    Told, gate_after,
};
pub use changes::{BadChange, ChangeRecord, Image};
pub use condition::Condition;
pub use consent::Noted;
pub use deliveries::{Delivered, DeliveryPage, DeliveryRow, DeliveryState};
pub use directory::Number;
pub use endpoints::{EndpointChange, Subscriptions};
pub use erasure::{Erasure, Removed, Swept};
pub use error::StoreError;
pub use exports::Export;
pub use gate::Gate;
pub use hand_out::HandedOut;
pub use handling::{Changed, HandlingChange};
pub use identities::{Entered, HeldIdentity};
pub use importing::{ImportFrame, ImportLine, LineOutcome};
pub use imports::{FileJob, FileKind, FileState};
pub use inbound::{InboundMessage, Recorded, StateMove};
pub use inbox::{ConversationPage, ConversationRow, InboxFilter};
pub use journal::{EventPage, WebhookEvent};
pub use judge::{Judged, STRICT_CONSENT};
pub use letters::{LetterPage, OpenLetters};
pub use lists::{Audience, AudienceKind, ContactNote};
pub use media::{AtMeta, StoredMedia};
pub use merge::{Merged, Parted};
pub use meter::{Meter, Metered};
pub use notes::{MOST_UNREAD, Mention, MentionPage, ThreadNote, note_slot};
pub use number_facts::{HistoryPage, Subject};
pub use number_steps::{Claimed, KeptProfile, Track};
pub use outbound::{Attempt, Claim, NewSend, Outbound, Outcome, Sent};
pub use people::{ProfileSeen, Resolved};
pub use presence::Present;
pub use realtime::{ChangedPage, ChangedPlace, Connection, Live, Ticket, Watcher};
pub use records::Created;
pub use reports::{Again, Mark, Pass, RecountPlace, ReportedCampaign};
pub use requests::{Begun, KeptAnswer, RequestKey};
pub use search::{ContactPage, Place};
pub use settings::Note;
pub use shelf::QuickReply;
pub use statuses::{StatusFold, StatusTarget};
pub use streams::{StreamError, StreamPlace, Streams};
pub use template_mirror::Heard;
pub use templates::{Hinted, KeptTemplate, TemplateKey};
pub use threads::{ConversationState, Direction, MessagePage, Related, StoredMessage};
pub use united::Thread;
pub use uploads::Upload;
pub use wabas::Waba;
pub use waiting::Waiting;
pub use work::{Count, MOST_COUNTED, Work, WorkFilter, WorkPage, WorkPlace};

/// The names of the tables. A function names those that it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// People, identities, consent.
    pub contacts: String,
    /// Threads and messages.
    pub conversations: String,
    /// Campaigns, and the gates of people.
    pub campaigns: String,
    /// Numbers, WABAs, templates, settings.
    pub directory: String,
    /// Webhook events, dead letters, audit.
    pub journal: String,
}

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: Tables,
    stack_key: Option<tombstones::StackKey>,
}

impl Store {
    /// The store on these tables.
    #[must_use]
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables, stack_key: None }
    }
}
