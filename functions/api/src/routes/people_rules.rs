//! `/v1/settings/people-rules`: what becomes of people without anybody's hand.

use axum::Json;
use axum::extract::State;
use domain::rules::{KnownRule, MOST_DAYS, MOST_MESSAGES, MOST_RULES, MostActive, PeopleRules};
use domain::{ContactKind, SourceKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::input::Input;
use crate::{Api, Problem};

/// Rules about people whom nobody has touched yet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeopleRulesBody {
    /// Whoever writes that much is marked as important, once; `null`: nobody is.
    important: Option<MostActiveBody>,
    /// What an unknown person becomes who begins a conversation: the first rule that fits. At most 20.
    #[serde(default)]
    known: Vec<KnownRuleBody>,
}

/// So many messages in so many days, to one number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MostActiveBody {
    /// Messages of the customer, 1 to 500.
    messages: u16,
    /// Days, 1 to 90.
    days: u16,
}

/// What an unknown person becomes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownRuleBody {
    /// Only who writes to the number with this id.
    #[schema(nullable = false)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// Only who comes from there: `ad`, `inbound`, `import`, …
    #[schema(nullable = false)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// `lead`, `contact`, `organization` or `vendor`.
    kind: String,
}

impl From<PeopleRules> for PeopleRulesBody {
    fn from(rules: PeopleRules) -> Self {
        let known = rules.known.into_iter();
        let known = known.map(|KnownRule { number, source, kind }| KnownRuleBody { number, source, kind });
        Self {
            important: rules.important.map(|MostActive { messages, days }| MostActiveBody { messages, days }),
            known: known.collect(),
        }
    }
}

impl PeopleRulesBody {
    /// The rules, with each fault named.
    async fn read(self, api: &Api) -> Result<PeopleRules, Problem> {
        let important = self.important.map(|rule| {
            if !(1..=MOST_MESSAGES).contains(&rule.messages) {
                return Err(Problem::field("important.messages", format!("must be 1 to {MOST_MESSAGES}")));
            }
            if !(1..=MOST_DAYS).contains(&rule.days) {
                return Err(Problem::field("important.days", format!("must be 1 to {MOST_DAYS}")));
            }
            Ok(MostActive { messages: rule.messages, days: rule.days })
        });
        if self.known.len() > MOST_RULES {
            return Err(Problem::field("known", format!("must have at most {MOST_RULES} members")));
        }
        let numbers = api.store.numbers().await?;
        let mut known = Vec::new();
        for (index, rule) in self.known.into_iter().enumerate() {
            let at = |member: &str| format!("known[{index}].{member}");
            if ContactKind::from_word(&rule.kind) == ContactKind::Unknown {
                return Err(Problem::field(at("kind"), "must be lead, contact, organization or vendor"));
            }
            if rule.source.as_deref().is_some_and(|source| SourceKind::from_word(source).is_none()) {
                let all = SourceKind::ALL.map(SourceKind::as_str).join(", ");
                return Err(Problem::field(at("source"), format!("must be one of {all}")));
            }
            if let Some(number) = &rule.number
                && !numbers.iter().any(|known| known.id.as_str() == number)
            {
                return Err(Problem::field(at("number"), "is not the id of a number"));
            }
            known.push(KnownRule { number: rule.number, source: rule.source, kind: rule.kind });
        }
        Ok(PeopleRules { important: important.transpose()?, known })
    }
}

/// The rules about people. At first there are none.
#[utoipa::path(get, path = "/v1/settings/people-rules", tag = "settings",
    responses((status = OK, body = PeopleRulesBody)))]
pub(crate) async fn one(State(api): State<Api>) -> Result<Json<PeopleRulesBody>, Problem> {
    Ok(Json(api.store.people_rules().await?.into()))
}

/// Sets the rules about people. They count within a minute, for what happens from then on.
#[utoipa::path(put, path = "/v1/settings/people-rules", tag = "settings", request_body = PeopleRulesBody,
    responses((status = OK, body = PeopleRulesBody),
        (status = BAD_REQUEST, description = "A member is missing or not what it should be; `field` names it")))]
pub(crate) async fn set(
    State(api): State<Api>,
    Input(rules): Input<PeopleRulesBody>,
) -> Result<Json<PeopleRulesBody>, Problem> {
    let rules = rules.read(&api).await?;
    api.store.put_people_rules(&rules).await?;
    Ok(Json(rules.into()))
}
