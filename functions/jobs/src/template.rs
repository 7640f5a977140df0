//! Steps of a template at Meta: each is asked once, and what came of it is kept where the API shows it. And templates read
//! again because a webhook did not say all.

use cloud_api::WabaId;
use cloud_api::error::GraphError;
use cloud_api::manage::template::{
    CreateTemplate, CreatedTemplate, EditTemplate, TemplateNode, TemplateState,
};
use domain::number::onboarding::{NOT_ASKED, refusal};
use domain::template::Content;
use graph::Managed;
use lambda_kit::Failure;
use secrecy::SecretString;
use store::{Claimed, KeptTemplate, StoreError, TemplateKey, Track};
use tracing::{info, warn};

use crate::{Jobs, failure};

/// Why a step failed where nobody knows what Meta did.
const UNKNOWN: &str = "Nobody knows whether Meta did it: the answer was lost. Look at the template again before you \
                       repeat it.";
/// Why a step failed that asks nothing.
const NOTHING: &str = "The step names nothing that Meta can be asked. Ask again.";
/// The longest reason that is kept, in characters.
const REASON: usize = 500;

impl Jobs {
    pub(crate) async fn ask_of_template(&self, key: &TemplateKey, id: &str) -> Result<(), Failure> {
        let track = Track::Template(key);
        // Before the claim: what fails here may be tried again, and nothing was asked.
        let token = self.token_of_waba(&key.waba).await?;
        let Some(kept) = self.store.template(key).await.map_err(failure)? else { return Ok(()) };
        let outcome = match self.claim(track, id).await? {
            Claimed::Over => return Ok(()),
            Claimed::CutOff => Err(UNKNOWN.to_owned()),
            Claimed::Mine => self.ask_meta(&token, &kept).await?,
        };
        // What was deleted may stand in Meta's lists for a while.
        if outcome.is_ok() && kept.step.as_ref().is_some_and(|step| step.step == "delete") {
            return self.end(track, id, &outcome).await;
        }
        // Whatever came of it, the template shows how it stands now; where nobody knows, that may tell.
        let seen = self.look_at_templates(&token, &key.waba, &key.name).await;
        let seen = seen
            .as_deref()
            .map(|nodes| nodes.iter().find(|node| node.name == key.name && node.language == key.language));
        let outcome = match (outcome, seen) {
            (Err(why), Some(seen)) if why == UNKNOWN && is_done(&kept, seen) => Ok(()),
            (outcome, _) => outcome,
        };
        self.end(track, id, &outcome).await
    }

    /// Reads the templates of a WABA again, or those of one name.
    pub(crate) async fn sync_templates(&self, waba: &WabaId, name: Option<&str>) -> Result<(), Failure> {
        let token = self.token_of_waba(waba).await?;
        let asked_at = self.kit.clock.now();
        match self.graph.templates_of(&token, waba, name).await {
            Managed::Done(list) => {
                let now = self.kit.clock.now();
                // Only a whole list that can be read says what is gone.
                let is_whole = name.is_none() && list.unreadable == 0;
                let changed = if is_whole {
                    self.store.mirror_templates(waba, &list.nodes, asked_at, now).await
                } else {
                    self.enter(waba, &list.nodes, asked_at).await
                };
                let changed = changed.map_err(failure)?;
                info!(waba.id = %waba, templates.changed = changed, "Read templates of a WABA again");
                Ok(())
            }
            Managed::Refused(GraphError { code, .. }) => {
                warn!(waba.id = %waba, graph.code = code, "Meta refused to show a WABA's templates");
                Ok(())
            }
            // Reading may be repeated.
            Managed::NotSent => Err(Failure::Retry("the Graph API was not reached".to_owned())),
            Managed::Unknown { why } => Err(Failure::Retry(why)),
        }
    }

    async fn token_of_waba(&self, waba: &WabaId) -> Result<SecretString, Failure> {
        let portfolio = self.store.portfolio_of(Some(waba)).await.map_err(failure)?;
        Ok(self.access.current().await.tokens.of(&portfolio).clone())
    }

    /// Asks Meta. An error of the table leaves the step claimed: its next delivery finds it cut off, and looks.
    async fn ask_meta(
        &self,
        token: &SecretString,
        kept: &KeptTemplate,
    ) -> Result<Result<(), String>, Failure> {
        let (key, asked) = (&kept.key, kept.asked.as_deref().unwrap_or_default());
        let id = kept.mirror.as_ref().map(|mirror| &mirror.id);
        let answer = match (kept.step.as_ref().map(|step| step.step.as_str()), id) {
            (Some("create"), _) => {
                let Ok(template) = serde_json::from_str::<CreateTemplate>(asked) else {
                    return Ok(Err(NOTHING.to_owned()));
                };
                let asked_at = self.kit.clock.now();
                match self.graph.create_template(token, &key.waba, &template).await {
                    Managed::Done(created) => {
                        // Meta's answer is kept at once: its lists may lag behind.
                        let node = node_of(template, created);
                        self.enter(&key.waba, &[node], asked_at).await.map_err(failure)?;
                        Managed::Done(())
                    }
                    other => without_answer(other),
                }
            }
            (Some("edit"), Some(id)) => {
                let Ok(edit) = serde_json::from_str::<EditTemplate>(asked) else {
                    return Ok(Err(NOTHING.to_owned()));
                };
                self.graph.edit_template(token, id, &edit).await
            }
            (Some("delete"), Some(id)) => {
                let answer = self.graph.delete_template(token, &key.waba, (id, &key.name)).await;
                if answer == Managed::Done(()) {
                    let now = self.kit.clock.now();
                    self.store.note_template_deleted(key, now, now).await.map_err(failure)?;
                }
                answer
            }
            _ => return Ok(Err(NOTHING.to_owned())),
        };
        Ok(outcome(answer, key))
    }

    /// Reads the templates of a name at Meta. What cannot be read now, `sync` will read.
    async fn look_at_templates(
        &self,
        token: &SecretString,
        waba: &WabaId,
        name: &str,
    ) -> Option<Vec<TemplateNode>> {
        let asked_at = self.kit.clock.now();
        let Managed::Done(list) = self.graph.templates_of(token, waba, Some(name)).await else {
            info!(waba.id = %waba, "A template could not be read after a step");
            return None;
        };
        if let Err(error) = self.enter(waba, &list.nodes, asked_at).await {
            warn!(%error, waba.id = %waba, "What Meta says of a template was not kept");
        }
        Some(list.nodes)
    }

    async fn enter(
        &self,
        waba: &WabaId,
        nodes: &[TemplateNode],
        asked_at: jiff::Timestamp,
    ) -> Result<usize, StoreError> {
        let mut changed = 0;
        for node in nodes {
            let now = self.kit.clock.now();
            changed += self.store.record_template(waba, node, asked_at, now).await?.len();
        }
        Ok(changed)
    }
}

/// Whether a step is done after all, by how Meta shows the template now.
fn is_done(kept: &KeptTemplate, seen: Option<&TemplateNode>) -> bool {
    let asked = kept.asked.as_deref().unwrap_or_default();
    let (Some(step), mirror) = (&kept.step, kept.mirror.as_ref()) else { return false };
    match step.step.as_str() {
        // One that is there was there before, unless it has another id.
        "create" => seen.is_some_and(|node| mirror.is_none_or(|mirror| mirror.id != node.id)),
        "delete" => seen.is_none_or(|node| node.status == TemplateState::Deleted),
        "edit" => {
            let components =
                serde_json::from_str::<EditTemplate>(asked).ok().and_then(|edit| edit.components);
            match (components, mirror, seen) {
                (Some(components), Some(mirror), Some(node)) => {
                    let asked = Content { components, ..mirror.content.clone() }.hash();
                    asked == Content::of(node).hash() && asked != mirror.content.hash()
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// A template as Meta would show it that was just created.
fn node_of(template: CreateTemplate, created: CreatedTemplate) -> TemplateNode {
    TemplateNode {
        id: created.id,
        name: template.name,
        language: template.language,
        status: created.status,
        category: created.category.or(Some(template.category)),
        sub_category: None,
        previous_category: None,
        correct_category: None,
        quality_score: None,
        rejected_reason: None,
        parameter_format: template.parameter_format,
        components: template.components,
        message_send_ttl_seconds: template.message_send_ttl_seconds,
        library_template_name: template.library_template_name,
        cta_url_link_tracking_opted_out: template.cta_url_link_tracking_opted_out,
    }
}

fn without_answer<T>(answer: Managed<T>) -> Managed<()> {
    match answer {
        Managed::Done(_) => Managed::Done(()),
        Managed::Refused(error) => Managed::Refused(error),
        Managed::NotSent => Managed::NotSent,
        Managed::Unknown { why } => Managed::Unknown { why },
    }
}

/// What a step says of Meta's answer. Meta's own sentence about a template names what is wrong with it; it says nothing
/// of people.
fn outcome(answer: Managed<()>, key: &TemplateKey) -> Result<(), String> {
    match answer {
        Managed::Done(()) => Ok(()),
        Managed::Refused(error) => {
            info!(waba.id = %key.waba, graph.code = error.code, "Meta refused a step of a template");
            Err(reason(error))
        }
        Managed::NotSent => Err(NOT_ASKED.to_owned()),
        Managed::Unknown { why } => {
            warn!(waba.id = %key.waba, why, "Nobody knows whether Meta did a step of a template");
            Err(UNKNOWN.to_owned())
        }
    }
}

fn reason(error: GraphError) -> String {
    // Of other codes Meta's sentence may say with which token was asked.
    let about_template = error.code.is_some_and(|code| code == 100 || (132_000..133_000).contains(&code));
    if !about_template {
        return refusal(error.code);
    }
    let code = error.code.unwrap_or_default();
    let details = error.error_data.and_then(|data| data.details);
    match error.error_user_msg.or(details).or(error.message) {
        Some(said) => format!("{} (Meta's code {code})", said.chars().take(REASON).collect::<String>()),
        None => refusal(Some(code)),
    }
}
