//! Misbehaviour on command: what happens to webhooks and to Graph answers. From one seed, so it repeats.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ids::Chance;

/// What happens to every webhook from now on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WebhookFaults {
    /// Extra copies of a post.
    pub(crate) duplicate: u64,
    pub(crate) duplicate_share: f64,
    pub(crate) duplicate_after_ms: u64,
    /// Items are collected up to this many and leave shuffled.
    pub(crate) reorder: u64,
    /// Items merged into one post.
    pub(crate) batch: u64,
    /// Messages, or statuses, of one number in a post share one `value`.
    pub(crate) merge: bool,
    /// A window that does not fill leaves after this time.
    pub(crate) max_wait_ms: u64,
    pub(crate) delay_ms: u64,
    /// The share of posts whose first delivery gets lost.
    pub(crate) drop_share: f64,
    pub(crate) redeliver_after_ms: u64,
    /// Nothing leaves until this is taken back.
    pub(crate) hold: bool,
}

impl Default for WebhookFaults {
    fn default() -> Self {
        Self {
            duplicate: 0,
            duplicate_share: 1.0,
            duplicate_after_ms: 0,
            reorder: 0,
            batch: 0,
            merge: false,
            max_wait_ms: 1_000,
            delay_ms: 0,
            drop_share: 0.0,
            redeliver_after_ms: 5_000,
            hold: false,
        }
    }
}

/// What goes wrong with a Graph request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GraphFaultKind {
    /// A 5xx from some proxy: no Graph error in it. Nothing was accepted.
    #[serde(rename = "http_5xx")]
    Http5xx,
    /// As above, but the message was accepted.
    #[serde(rename = "http_5xx_after")]
    Http5xxAfter,
    /// A Graph error with a 5xx: codes 1, 2, 131000, 131016.
    #[serde(rename = "graph_5xx")]
    Graph5xx,
    /// A Graph error by code.
    Error,
    /// No answer; nothing was accepted.
    TimeoutBefore,
    /// No answer; the message was accepted and its statuses will come.
    TimeoutAfter,
    /// The connection breaks; nothing was accepted.
    ResetBefore,
    /// The connection breaks; the message was accepted.
    ResetAfter,
    /// Accepted, and the connection breaks in the middle of the answer.
    ResetMidBody,
    /// The usual answer, late.
    Slow,
}

impl GraphFaultKind {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_value(Value::String(text.into())).ok()
    }

    /// Whether the request is carried out as usual, and only its answer suffers.
    pub(crate) fn is_after(self) -> bool {
        matches!(
            self,
            Self::TimeoutAfter | Self::ResetAfter | Self::ResetMidBody | Self::Slow | Self::Http5xxAfter
        )
    }

    pub(crate) fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(String::from)).unwrap_or_default()
    }
}

/// One order to misbehave at the Graph API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GraphFault {
    pub(crate) kind: GraphFaultKind,
    /// `send`, `read`, `media`, `templates`, `other` or `any`.
    pub(crate) on: String,
    /// Only requests of this number.
    pub(crate) number: Option<String>,
    /// How many requests are still hit; `None` has no end.
    pub(crate) next: Option<u64>,
    pub(crate) share: f64,
    pub(crate) code: u32,
    pub(crate) status: Option<u16>,
    pub(crate) hang_ms: u64,
}

/// All orders that stand.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    pub(crate) seed: u64,
    pub(crate) webhooks: WebhookFaults,
    pub(crate) graph: Vec<GraphFault>,
    pub(crate) chance: Chance,
}

impl Faults {
    pub(crate) fn none(seed: u64) -> Self {
        Self { seed, webhooks: WebhookFaults::default(), graph: Vec::new(), chance: Chance::new(seed) }
    }

    /// The fault that hits this request, if any. The first order that fits and hits wins.
    pub(crate) fn draw(&mut self, on: &str, number: Option<&str>) -> Option<GraphFault> {
        for i in 0..self.graph.len() {
            let fault = &self.graph[i];
            let fits = (fault.on == "any" || fault.on == on)
                && fault.number.as_deref().is_none_or(|wanted| Some(wanted) == number);
            if !fits || fault.next == Some(0) || !self.chance.hits(fault.share) {
                continue;
            }
            if let Some(left) = &mut self.graph[i].next {
                *left -= 1;
            }
            let hit = self.graph[i].clone();
            self.graph.retain(|fault| fault.next != Some(0));
            return Some(hit);
        }
        None
    }

    pub(crate) fn shown(&self) -> Value {
        json!({ "seed": self.seed, "webhooks": self.webhooks, "graph": self.graph })
    }
}
