//! What a person of a campaign is sent: in which language, and filled with what. Tried out and sent by the same code.

use cloud_api::language::Language;
use cloud_api::outbound::{Template, Violation};

use super::CampaignId;
use super::attribution::payload;
use super::definition::{Definition, LanguageRule, Parameter, ParameterSource, Variant};
use crate::Contact;
use crate::record::FieldId;
use crate::template::{
    Binding, Bindings, Content, Given, Kind, ParameterKey, Part, Place, Source, Sources, Unfilled,
    check_bindings, choose, fill, parameters,
};

/// One of a campaign's templates, to be filled.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'a> {
    /// The campaign.
    pub campaign: &'a CampaignId,
    /// Which of its templates.
    pub variant: &'a Variant,
}

impl Filling<'_> {
    /// Whether what is bound fits what the template says, whoever reads it.
    ///
    /// # Errors
    /// Each parameter that does not, by its name.
    pub fn check(self, content: &Content) -> Result<(), Vec<Violation>> {
        check_bindings(content, &self.bindings(content))
    }

    /// Fills the template for one person.
    ///
    /// # Errors
    /// Everything that is missing or that Meta would refuse.
    pub fn fill(self, content: &Content, sources: &Sources<'_>) -> Result<Template, Unfilled> {
        fill(content, &self.bindings(content), sources)
    }

    /// What the campaign binds; and what comes back from a button for which nothing else is bound, so that whoever taps
    /// it is counted.
    fn bindings(self, content: &Content) -> Bindings {
        let bound = self.variant.parameters.iter();
        let mut bindings: Bindings =
            bound.map(|(key, parameter)| (ParameterKey::new(key.as_str()), binding(parameter))).collect();
        for parameter in parameters(content) {
            let (Kind::Payload, Place::Template(Part::Button(nth))) = (parameter.kind, parameter.place)
            else {
                continue;
            };
            let told = payload(self.campaign, u8::try_from(nth).unwrap_or(u8::MAX));
            bindings.entry(parameter.key).or_insert(Binding::Constant(Given::Text(told)));
        }
        bindings
    }
}

fn binding(parameter: &Parameter) -> Binding {
    // A source that this build does not know has nothing for anybody.
    let nothing = || Binding::from(Source::Line(String::new()));
    parameter.binding().unwrap_or_else(|_| {
        parameter.fallback.clone().map_or_else(nothing, |fallback| Binding::Constant(Given::Text(fallback)))
    })
}

impl Unfilled {
    /// The parameters that stand in the way, by their names.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let missing = self.missing.iter().map(ToString::to_string);
        missing.chain(self.refused.iter().map(|violation| violation.field.clone())).collect()
    }
}

impl LanguageRule {
    /// In which of a template's languages a person reads it. `None` if it has none for them.
    #[must_use]
    pub fn choose<'a>(&self, available: &'a [Language], contact: &Contact) -> Option<&'a Language> {
        let own = self.by_contact.then(|| field(contact, "language")).flatten();
        let own = own.map(|language| Language::new(&language));
        choose(available, own.as_ref(), &Language::new(&self.default))
    }
}

impl Definition {
    /// Whether a template is filled with something of the agent who looks after the person.
    #[must_use]
    pub fn names_agents(&self) -> bool {
        let mut sources = self.templates.iter().flat_map(|variant| variant.parameters.values());
        sources.any(|parameter| matches!(parameter.from, ParameterSource::Agent(_)))
    }
}

/// A field of the record, if the company has one of this name and the person has something there.
#[must_use]
pub fn field(contact: &Contact, id: &str) -> Option<String> {
    contact.fields.get(&FieldId::new(id)?).map(ToString::to_string).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use cloud_api::manage::template::ParameterFormat;
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::ContactId;

    fn content() -> Content {
        Content {
            name: "spring_offer".to_owned(),
            language: Language::new("es_MX"),
            category: None,
            format: ParameterFormat::Positional,
            components: serde_json::from_value(json!([
                {"type": "BODY", "text": "Hola {{1}}"},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Si"}]},
            ]))
            .unwrap(),
        }
    }

    fn ana() -> Contact {
        let mut contact = Contact::new(ContactId::new("01K").unwrap(), Timestamp::UNIX_EPOCH);
        contact.name = Some("Ana Ruiz".to_owned());
        contact
    }

    fn variant(parameters: serde_json::Value) -> Variant {
        serde_json::from_value(json!({"template": "spring_offer", "parameters": parameters})).unwrap()
    }

    #[test]
    fn a_button_brings_back_the_campaign_and_a_person_without_a_value_is_told() {
        let campaign = CampaignId::new("01CAMP").unwrap();
        let variant = variant(json!({"body.1": {"from": {"record": "first_name"}}}));
        let filling = Filling { campaign: &campaign, variant: &variant };
        assert_eq!(filling.check(&content()), Ok(()));
        let ana = ana();
        let sources = Sources { contact: Some(&ana), ..Sources::default() };
        let sent = serde_json::to_value(filling.fill(&content(), &sources).unwrap()).unwrap();
        assert_eq!(sent["components"][0]["parameters"][0]["text"], "Ana");
        assert_eq!(sent["components"][1]["parameters"][0]["payload"], payload(&campaign, 0));
        let unfilled = filling.fill(&content(), &Sources::default()).unwrap_err();
        assert_eq!(unfilled.names(), ["body.1"]);
    }

    #[test]
    fn what_the_template_does_not_have_and_what_it_lacks_are_both_told() {
        let campaign = CampaignId::new("01CAMP").unwrap();
        let variant = variant(json!({"body.2": {"from": {"text": "now"}}}));
        let faults = Filling { campaign: &campaign, variant: &variant }.check(&content()).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["body.1", "body.2"]);
    }

    #[test]
    fn a_person_reads_their_own_language_only_if_the_campaign_says_so() {
        let mut ana = ana();
        let value = crate::record::FieldValue::Text("pt_BR".to_owned());
        ana.fields.insert(FieldId::new("language").unwrap(), value);
        let available = [Language::new("es_MX"), Language::new("pt_BR")];
        for (by_contact, code) in [(true, "pt_BR"), (false, "es_MX")] {
            let rule = LanguageRule { default: "es_MX".to_owned(), by_contact };
            assert_eq!(rule.choose(&available, &ana).unwrap().as_str(), code);
        }
    }
}
