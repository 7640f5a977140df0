//! `/v1/settings`: what the company chooses about consent. And what it knows of templates before Meta tells.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use cloud_api::WabaId;
use cloud_api::language::Language;
use domain::consent::{Keywords, Matching, Purpose, Words};
use serde::{Deserialize, Serialize};
use store::{Hinted, STRICT_CONSENT, TemplateKey};
use utoipa::ToSchema;

use super::consent::one_of;
use crate::extract::Id;
use crate::input::{Input, text};
use crate::{Api, Problem};

/// The most words of a list.
const MOST: usize = 100;

/// Words by which people choose.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceWords {
    /// Words that mean no.
    #[serde(default)]
    opt_out: Vec<String>,
    /// Words that mean yes.
    #[serde(default)]
    opt_in: Vec<String>,
}

/// Every way to choose that is understood. Case and accents do not matter, nor do signs around a word.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptOutKeywords {
    /// Words by language, such as `es`. All languages count for everybody.
    languages: BTreeMap<String, ChoiceWords>,
    /// Payloads of quick replies and ids of reply buttons, exactly as they were sent.
    #[serde(default)]
    buttons: ChoiceWords,
    /// `message`: the word is all that was written; `word`: it stands anywhere, whole.
    #[serde(default = "message")]
    matching: String,
    /// What a no is about: `marketing`, `utility`, `authentication`, `service` or `all`.
    #[serde(default = "marketing")]
    purpose: String,
}

fn message() -> String {
    "message".to_owned()
}

fn marketing() -> String {
    "marketing".to_owned()
}

impl From<Keywords> for OptOutKeywords {
    fn from(keywords: Keywords) -> Self {
        let words = |words: Words| ChoiceWords { opt_out: words.opt_out, opt_in: words.opt_in };
        let languages = keywords.languages.into_iter();
        Self {
            languages: languages.map(|(language, of)| (language, words(of))).collect(),
            buttons: words(keywords.buttons),
            matching: if keywords.matching == Matching::Word { "word" } else { "message" }.to_owned(),
            purpose: keywords.purpose.map_or("all", Purpose::as_str).to_owned(),
        }
    }
}

impl OptOutKeywords {
    fn read(self) -> Result<Keywords, Problem> {
        let mut languages = BTreeMap::new();
        if self.languages.len() > MOST {
            return Err(Problem::field("languages", format!("must have at most {MOST} members")));
        }
        for (language, words) in self.languages {
            let known = (2..=12).contains(&language.len()) && domain::clean::is_plain(&language);
            if !known {
                return Err(Problem::field("languages", "must have codes such as es or pt_BR"));
            }
            let field = format!("languages.{language}");
            languages.insert(language, words.read(&field)?);
        }
        let matching = |word: &str| match word {
            "message" => Some(Matching::Message),
            "word" => Some(Matching::Word),
            _ => None,
        };
        let purposes = "marketing, utility, authentication, service or all";
        let purpose = match self.purpose.as_str() {
            "all" => None,
            word => Some(one_of("purpose", word, Purpose::from_word, purposes)?),
        };
        Ok(Keywords {
            languages,
            buttons: self.buttons.read("buttons")?,
            matching: one_of("matching", &self.matching, matching, "message or word")?,
            purpose,
        })
    }
}

impl ChoiceWords {
    fn read(self, field: &str) -> Result<Words, Problem> {
        let list = |name: &str, words: Vec<String>| {
            let field = format!("{field}.{name}");
            if words.len() > MOST {
                return Err(Problem::field(field, format!("must have at most {MOST} members")));
            }
            words.iter().enumerate().map(|(n, word)| text(&format!("{field}[{n}]"), word, 60)).collect()
        };
        Ok(Words { opt_out: list("opt_out", self.opt_out)?, opt_in: list("opt_in", self.opt_in)? })
    }
}

/// The words and buttons by which people say no or yes.
#[utoipa::path(get, path = "/v1/settings/opt-out-keywords", tag = "consent",
    responses((status = OK, body = OptOutKeywords)))]
pub(crate) async fn keywords(State(api): State<Api>) -> Result<Json<OptOutKeywords>, Problem> {
    Ok(Json(api.store.keywords().await?.into()))
}

/// Sets the words and buttons. They count within a minute.
#[utoipa::path(put, path = "/v1/settings/opt-out-keywords", tag = "consent", request_body = OptOutKeywords,
    responses((status = OK, body = OptOutKeywords), (status = FORBIDDEN, description = "For admins only")))]
pub(crate) async fn set_keywords(
    State(api): State<Api>,
    Input(keywords): Input<OptOutKeywords>,
) -> Result<Json<OptOutKeywords>, Problem> {
    let keywords = keywords.read()?;
    api.store.put_keywords(&keywords).await?;
    Ok(Json(keywords.into()))
}

/// How consent is handled.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentSettings {
    /// Whether a template whose category is not known counts as marketing, which needs an opt-in. Without it, such
    /// a template is still not sent to whoever said no to marketing or to utility.
    strict: bool,
}

/// How consent is handled.
#[utoipa::path(get, path = "/v1/settings/consent", tag = "consent", responses((status = OK, body = ConsentSettings)))]
pub(crate) async fn consent(State(api): State<Api>) -> Result<Json<ConsentSettings>, Problem> {
    Ok(Json(ConsentSettings { strict: api.store.is_on(STRICT_CONSENT).await? }))
}

/// Sets how consent is handled.
#[utoipa::path(put, path = "/v1/settings/consent", tag = "consent", request_body = ConsentSettings,
    responses((status = OK, body = ConsentSettings), (status = FORBIDDEN, description = "For admins only")))]
pub(crate) async fn set_consent(
    State(api): State<Api>,
    Input(settings): Input<ConsentSettings>,
) -> Result<Json<ConsentSettings>, Problem> {
    api.store.turn(STRICT_CONSENT, settings.strict).await?;
    Ok(Json(settings))
}

/// What is known of a template.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateKnown {
    /// The WABA that owns it.
    waba: String,
    /// Its language, such as `en_US`.
    language: String,
    /// `marketing`, `utility` or `authentication`.
    category: String,
}

/// Says which category a template has, until Meta says so. What Meta says later replaces it.
#[utoipa::path(put, path = "/v1/templates/{name}", tag = "templates", request_body = TemplateKnown,
    params(("name" = String, Path, description = "The template's name")),
    responses((status = OK, body = TemplateKnown), (status = FORBIDDEN, description = "For admins only"),
        (status = CONFLICT, description = "Meta has said it")))]
pub(crate) async fn set_template(
    State(api): State<Api>,
    Id(name): Id,
    Input(known): Input<TemplateKnown>,
) -> Result<Json<TemplateKnown>, Problem> {
    let is_name =
        name.len() <= 512 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !is_name {
        return Err(Problem::missing("template"));
    }
    let category = |word: &str| Purpose::from_word(word).filter(|purpose| *purpose != Purpose::Service);
    let category = one_of("category", &known.category, category, "marketing, utility or authentication")?;
    for (field, value) in [("waba", &known.waba), ("language", &known.language)] {
        if value.len() > 64 || !domain::clean::is_plain(value) {
            return Err(Problem::field(field, "must have letters, digits, - and _ only"));
        }
    }
    let (waba, language) = (WabaId::new(known.waba.as_str()), Language::new(&known.language));
    let key = TemplateKey { waba, name, language };
    if !api.store.hint_category(&key, category, api.clock.now(), Hinted::Admin).await? {
        let detail = "Meta has said which category this template has.".to_owned();
        return Err(Problem::template_stands(detail, Some("category")));
    }
    Ok(Json(known))
}
