//! Orders to misbehave, over the control API.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::input::Input;
use crate::sim::error::ControlError;
use crate::sim::faults::{Faults, GraphFault, GraphFaultKind, WebhookFaults};
use crate::sim::ids::Chance;
use crate::sim::state::State;

type Answer = Result<Value, ControlError>;

const KINDS: &str = "must be one of http_5xx, http_5xx_after, graph_5xx, error, timeout_before, timeout_after, \
                     reset_before, reset_after, reset_mid_body, slow";

impl State {
    /// Webhook faults that are named replace the old ones; Graph faults are added to the list.
    pub(crate) fn add_faults(&mut self, fields: Value, now: Timestamp) -> Answer {
        let mut input = Input::new(fields)?;
        let seed = input.count("seed")?;
        let hooks = match input.value("webhooks") {
            None => self.faults.webhooks.clone(),
            Some(fields) => webhook_faults(self.faults.webhooks.clone(), fields)?,
        };
        let mut orders = Vec::new();
        for (i, fields) in input.list("graph")?.unwrap_or_default().into_iter().enumerate() {
            orders.push(graph_fault(i, fields)?);
        }
        input.done()?;
        if let Some(seed) = seed {
            self.faults.seed = seed;
            self.faults.chance = Chance::new(seed);
        }
        let released = self.faults.webhooks.hold && !hooks.hold;
        self.faults.webhooks = hooks;
        self.faults.graph.extend(orders);
        if released {
            self.release_held(now);
        }
        Ok(self.faults.shown())
    }

    pub(crate) fn clear_faults(&mut self, now: Timestamp) -> Value {
        self.faults = Faults::none(self.faults.seed);
        self.flush(now);
        let released = self.release_held(now);
        json!({ "released": released, "faults": self.faults.shown() })
    }
}

fn webhook_faults(mut hooks: WebhookFaults, fields: Value) -> Result<WebhookFaults, ControlError> {
    let mut input = Input::inside("webhooks.", fields)?;
    input.set_count("duplicate", &mut hooks.duplicate)?;
    input.set_count("duplicate_after_ms", &mut hooks.duplicate_after_ms)?;
    input.set_count("reorder", &mut hooks.reorder)?;
    input.set_count("batch", &mut hooks.batch)?;
    input.set_count("max_wait_ms", &mut hooks.max_wait_ms)?;
    input.set_count("delay_ms", &mut hooks.delay_ms)?;
    input.set_count("redeliver_after_ms", &mut hooks.redeliver_after_ms)?;
    input.set_flag("hold", &mut hooks.hold)?;
    input.set_flag("merge", &mut hooks.merge)?;
    if let Some(share) = input.share("duplicate_share")? {
        hooks.duplicate_share = share;
    }
    if let Some(share) = input.share("drop_share")? {
        hooks.drop_share = share;
    }
    if hooks.duplicate > 100 || hooks.batch > 1_000 || hooks.reorder > 10_000 {
        return Err(input.wrong("", "duplicate is at most 100, batch 1000, reorder 10000"));
    }
    input.done()?;
    Ok(hooks)
}

fn graph_fault(i: usize, fields: Value) -> Result<GraphFault, ControlError> {
    let mut input = Input::inside(&format!("graph[{i}]."), fields)?;
    let kind = input.text("kind")?;
    let kind = input.needed("kind", kind)?;
    let kind = GraphFaultKind::parse(&kind).ok_or_else(|| input.wrong("kind", KINDS))?;
    let share = input.share("probability")?;
    let on = input.text("on")?.unwrap_or_else(|| "send".into());
    if !matches!(on.as_str(), "send" | "read" | "media" | "templates" | "other" | "any") {
        return Err(input.wrong("on", "must be one of send, read, media, templates, other, any"));
    }
    let code = fault_code(kind, &mut input)?;
    let status = match input.count("status")? {
        None => None,
        Some(status @ 200..=599) => u16::try_from(status).ok(),
        Some(_) => return Err(input.wrong("status", "must be an HTTP status")),
    };
    // Without a probability an order is for one request; with one it stands until it is taken back.
    let next = match (input.count("next")?, share) {
        (None, None) => Some(1),
        (next, _) => next,
    };
    let number = input.text("number")?;
    let hang_ms = input.count("hang_ms")?.unwrap_or(30_000);
    input.done()?;
    Ok(GraphFault {
        kind,
        on,
        number,
        next,
        share: share.unwrap_or(1.0),
        code: code.unwrap_or(131_000),
        status,
        hang_ms,
    })
}

/// The code, where one is needed or only some are possible.
fn fault_code(kind: GraphFaultKind, input: &mut Input) -> Result<Option<u32>, ControlError> {
    let code = input.code("code")?;
    if kind == GraphFaultKind::Error && code.is_none() {
        return Err(input.wrong("code", "is required for kind error"));
    }
    if kind == GraphFaultKind::Graph5xx && !matches!(code, None | Some(1 | 2 | 131_000 | 131_016)) {
        return Err(input.wrong("code", "must be 1, 2, 131000 or 131016 for kind graph_5xx"));
    }
    Ok(code)
}
