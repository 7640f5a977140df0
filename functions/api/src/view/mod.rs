//! What clients see: plain records, made from what the store has.

mod agent;
mod audit;
mod client;
mod consent;
mod endpoint;
mod facts;
mod identity;
mod letter;
mod number;
mod privacy;
mod rate_card;
mod template;

pub(crate) use agent::{AgentView, DepartmentView, MeView};
pub(crate) use audit::AuditView;
pub(crate) use client::{ClientToken, ClientView};
pub(crate) use consent::{ConsentView, WordView};
pub(crate) use endpoint::{DeliveryView, EndpointView, NewSecret, TestSent};
pub(crate) use facts::{ChangeView, PictureView, ProfileView, StepView, WabaView};
pub(crate) use identity::{DuplicateView, IdentityView};
pub(crate) use letter::{EventView, LetterDetail, LetterView, Redriven};
pub(crate) use number::{MeterView, NumberDetail, NumberView, RateView, Standing};
pub(crate) use privacy::{BlockView, ErasureView, ExportView};
pub(crate) use rate_card::{EstimateView, RateCardDetail, RateCardView, model_word};
pub(crate) use template::{TemplateChangeView, TemplateDetail, TemplateView, content_of};
pub use views::Time;
pub(crate) use views::{
    ContactView, ConversationView, MediaView, MessageView, Page, UploadView, page, strays, that_fit,
    with_related,
};
