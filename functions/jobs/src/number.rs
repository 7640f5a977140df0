//! Steps of a number at Meta: each is asked once, and what came of it is kept where the API shows it.

use cloud_api::error::GraphError;
use cloud_api::{PhoneNumberId, WabaId};
use domain::number::onboarding::{NOT_ASKED, UNKNOWN, refusal};
use domain::number::told::seen_in;
use graph::Managed;
use lambda_kit::Failure;
use queue::NumberAsk;
use secrecy::SecretString;
use store::{Claimed, Subject, Track};
use tracing::{info, warn};

use crate::{Jobs, failure};

/// Why a step failed that needed a secret which nobody can open any more.
const NOT_OPENED: &str = "The code or PIN cannot be read any more. Ask again.";

impl Jobs {
    pub(crate) async fn ask_of_number(
        &self,
        number: &PhoneNumberId,
        id: &str,
        ask: &NumberAsk,
    ) -> Result<(), Failure> {
        let track = Track::Onboarding(number);
        // Before the claim: what fails here may be tried again, and nothing was asked.
        let token = self.token(number).await?;
        let outcome = match self.claim(track, id).await? {
            Claimed::Over => return Ok(()),
            Claimed::CutOff => Err(UNKNOWN.to_owned()),
            Claimed::Mine => self.ask(&token, number, id, ask).await,
        };
        // Whatever came of it, the number shows how it stands now. The step itself does not depend on that.
        self.look_at(&token, number).await;
        self.end(track, id, &outcome).await
    }

    pub(crate) async fn claim(&self, track: Track<'_>, id: &str) -> Result<Claimed, Failure> {
        self.store.claim_step(track, id, self.kit.clock.now()).await.map_err(failure)
    }

    pub(crate) async fn end(
        &self,
        track: Track<'_>,
        id: &str,
        outcome: &Result<(), String>,
    ) -> Result<(), Failure> {
        let outcome = outcome.as_ref().copied().map_err(String::as_str);
        self.store.end_step(track, id, outcome, self.kit.clock.now()).await.map_err(failure)
    }

    /// The token for a number.
    pub(crate) async fn token(&self, number: &PhoneNumberId) -> Result<SecretString, Failure> {
        let portfolio = self.store.portfolio_of_number(number).await.map_err(failure)?;
        Ok(self.access.current().await.tokens.of(&portfolio).clone())
    }

    async fn ask(
        &self,
        token: &SecretString,
        number: &PhoneNumberId,
        id: &str,
        ask: &NumberAsk,
    ) -> Result<(), String> {
        let opened = |sealed: &str| {
            let about = [number.as_str(), ask.word(), id];
            self.seal.open(&about, sealed).map_err(|_| NOT_OPENED.to_owned())
        };
        let graph = &self.graph;
        let answer = match ask {
            NumberAsk::RequestCode { method, language } => {
                graph.request_code(token, number, method, language).await
            }
            NumberAsk::VerifyCode { sealed } => graph.verify_code(token, number, &opened(sealed)?).await,
            NumberAsk::Register { sealed } => graph.register(token, number, &opened(sealed)?).await,
            NumberAsk::Pin { sealed } => graph.set_pin(token, number, &opened(sealed)?).await,
            NumberAsk::Deregister {} => graph.deregister(token, number).await,
            NumberAsk::DisplayName { name } => graph.ask_for_name(token, number, name).await,
        };
        outcome(answer, ask.word(), number)
    }

    /// Reads a number at Meta. What cannot be read now, `sync` will read.
    async fn look_at(&self, token: &SecretString, number: &PhoneNumberId) {
        let asked_at = self.kit.clock.now();
        let Managed::Done(node) = self.graph.number(token, number).await else {
            info!(number.id = %number, "A number could not be read after a step");
            return;
        };
        let updates = seen_in(&node, asked_at);
        let now = self.kit.clock.now();
        if let Err(error) = self.store.note_facts(Subject::Number(number), &updates, now).await {
            warn!(%error, number.id = %number, "What Meta says of a number was not kept");
        }
    }

    /// Asks for the numbers of a WABA at once, as `sync` does on its schedule.
    pub(crate) async fn sync_numbers(&self, waba: &WabaId) -> Result<(), Failure> {
        let portfolio = self.store.portfolio_of(Some(waba)).await.map_err(failure)?;
        let token = self.access.current().await.tokens.of(&portfolio).clone();
        let asked_at = self.kit.clock.now();
        match self.graph.numbers_of(&token, waba).await {
            Managed::Done(nodes) => {
                let now = self.kit.clock.now();
                let changed = self.store.record_nodes(waba, &nodes, asked_at, now).await.map_err(failure)?;
                info!(waba.id = %waba, numbers.seen = nodes.len(), facts.changed = changed, "Read a WABA's numbers");
                Ok(())
            }
            Managed::Refused(GraphError { code, .. }) => {
                warn!(waba.id = %waba, graph.code = code, "Meta refused to show a WABA's numbers");
                Ok(())
            }
            // Reading may be repeated.
            Managed::NotSent => Err(Failure::Retry("the Graph API was not reached".to_owned())),
            Managed::Unknown { why } => Err(Failure::Retry(why)),
        }
    }
}

/// What a step says of Meta's answer. Nothing is asked again here: registering, for one, is limited to ten tries.
pub(crate) fn outcome(answer: Managed<()>, step: &str, number: &PhoneNumberId) -> Result<(), String> {
    match answer {
        Managed::Done(()) => Ok(()),
        Managed::Refused(error) => {
            info!(number.id = %number, number.step = step, graph.code = error.code, "Meta refused a step");
            Err(refusal(error.code))
        }
        Managed::NotSent => Err(NOT_ASKED.to_owned()),
        Managed::Unknown { why } => {
            warn!(number.id = %number, number.step = step, why, "Nobody knows whether Meta did a step");
            Err(UNKNOWN.to_owned())
        }
    }
}
