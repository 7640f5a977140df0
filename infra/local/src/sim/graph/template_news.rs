//! What Meta changes of a template by itself, and the webhooks that tell.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::state::State;
use crate::sim::webhooks::Change;

impl State {
    /// Changes a template's status and tells the webhook.
    pub(crate) fn set_template_status(&mut self, id: &str, status: &str, at: Timestamp) {
        let Some(mut template) = self.templates.get(id).cloned() else { return };
        template.status = status.into();
        template.rejected_reason = if status == "REJECTED" { "INVALID_FORMAT" } else { "NONE" }.into();
        let mut value = json!({
            "event": status,
            "message_template_id": id.parse::<u64>().unwrap_or_default(),
            "message_template_name": template.name,
            "message_template_language": template.language,
            "reason": template.rejected_reason,
            "message_template_category": template.category,
        });
        if status == "REJECTED" {
            value["rejection_info"] = json!({
                "reason": "Variables stand at an edge of the text or touch each other.",
                "recommendation": "Put words before, after and between the variables.",
            });
        }
        let change = Change {
            waba: template.waba.clone(),
            time: Some(at.as_second()),
            field: "message_template_status_update".into(),
            value,
        };
        self.keep_template(template);
        self.emit(at, change);
    }

    /// Changes how people take a template, and tells the webhook.
    pub(crate) fn set_template_quality(&mut self, id: &str, quality: &str, at: Timestamp) {
        let Some(mut template) = self.templates.get(id).cloned() else { return };
        let value = json!({ "previous_quality_score": template.quality, "new_quality_score": quality });
        template.quality = quality.into();
        self.keep_template(template);
        self.tell_of_template(id, "message_template_quality_update", value, at);
    }

    /// Changes a template's category, and tells the webhook.
    pub(crate) fn set_template_category(&mut self, id: &str, category: &str, at: Timestamp) {
        let Some(mut template) = self.templates.get(id).cloned() else { return };
        let value = json!({ "previous_category": template.category, "new_category": category });
        template.category = category.into();
        self.keep_template(template);
        self.tell_of_template(id, "template_category_update", value, at);
    }

    /// Changes what a template is made of, and tells the webhook.
    pub(crate) fn set_template_components(&mut self, id: &str, components: Vec<Value>, at: Timestamp) {
        let Some(mut template) = self.templates.get(id).cloned() else { return };
        let text = |kind: &str| components.iter().find(|it| it["type"] == kind).map(|it| it["text"].clone());
        let value =
            json!({ "message_template_element": text("BODY"), "message_template_footer": text("FOOTER") });
        template.components = Value::Array(components);
        self.keep_template(template);
        self.tell_of_template(id, "message_template_components_update", value, at);
    }

    fn tell_of_template(&mut self, id: &str, field: &str, mut value: Value, at: Timestamp) {
        let Some(template) = self.templates.get(id) else { return };
        value["message_template_id"] = id.parse::<u64>().unwrap_or_default().into();
        value["message_template_name"] = template.name.as_str().into();
        // These write the language with a dash.
        value["message_template_language"] = template.language.replace('_', "-").into();
        let change =
            Change { waba: template.waba.clone(), time: Some(at.as_second()), field: field.into(), value };
        self.emit(at, change);
    }
}
