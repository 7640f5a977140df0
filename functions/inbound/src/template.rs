//! What Meta says of templates: their category decides what a person must have agreed to.

use cloud_api::WabaId;
use cloud_api::language::Language;
use cloud_api::webhook::event::Event;
use cloud_api::webhook::event::templates::{CategoryChange, TemplateCategoryName};
use domain::consent::Purpose;
use jiff::Timestamp;
use lambda_kit::{Failure, PackItem};

use crate::{Inbound, failure};

impl Inbound {
    /// Keeps the category that an event names, unless something newer is known. A change that is only announced
    /// counts when it happens: Meta tells that too.
    pub(crate) async fn note_category(&self, item: &PackItem, event: &Event) -> Result<(), Failure> {
        let (name, language, category) = match event {
            Event::TemplateCategory(told) => {
                let category = match &told.change {
                    CategoryChange::Upcoming { current, .. } => current.as_ref(),
                    CategoryChange::Done { new, .. } => Some(new),
                };
                (&told.name, &told.language, category)
            }
            Event::TemplateStatus(told) => (&told.name, &told.language, told.category.as_ref()),
            _ => return Ok(()),
        };
        let purpose = category.and_then(purpose);
        let (Some(name), Some(language), Some(purpose)) = (name, language, purpose) else { return Ok(()) };
        let waba = WabaId::new(item.item.waba.as_ref());
        let at = item.item.time.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let template = (name.as_str(), Language::as_str(language));
        let at = at.unwrap_or(item.received_at);
        self.store.note_template_category(&waba, template, purpose, at).await.map_err(failure)
    }
}

fn purpose(category: &TemplateCategoryName) -> Option<Purpose> {
    match category {
        TemplateCategoryName::Marketing => Some(Purpose::Marketing),
        TemplateCategoryName::Utility => Some(Purpose::Utility),
        TemplateCategoryName::Authentication => Some(Purpose::Authentication),
        _ => None,
    }
}
