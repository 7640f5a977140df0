//! A world under a clock that is moved by hand, and customers who write to it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use local::lambda::{Activity, Functions, Invoker, Mapping, SqsHandler};
use local::world::{Secrets, Time, World, WorldOptions};
use tokio::sync::watch;

use crate::BoxError;
use crate::meter::bill::{Bill, Totals};
use crate::meter::{size, tap};
use crate::people::{self, Dice};

/// When every workload begins: a full minute.
const START: Timestamp = Timestamp::constant(1_795_424_400, 0);
/// How long before that known people wrote last.
const BEFORE: Duration = Duration::from_secs(3600);

/// What one workload cost.
#[derive(Debug)]
pub(crate) struct Spent {
    /// Messages that were recorded.
    pub(crate) messages: usize,
    /// Units of DynamoDB.
    pub(crate) units: Totals,
    /// Requests of SQS as billed, by action.
    pub(crate) requests: Vec<(&'static str, u64)>,
    /// Bytes of each message item.
    pub(crate) message_bytes: Vec<f64>,
    /// Bytes of each STATE item.
    pub(crate) state_bytes: Vec<f64>,
}

impl Spent {
    /// Write units per message.
    pub(crate) fn writes(&self) -> f64 {
        self.units.writes() / self.messages as f64
    }

    /// Read units per message.
    pub(crate) fn reads(&self) -> f64 {
        self.units.reads() / self.messages as f64
    }

    /// SQS requests per message.
    pub(crate) fn sqs(&self) -> f64 {
        self.requests.iter().map(|(_, requests)| *requests as f64).sum::<f64>() / self.messages as f64
    }

    /// Messages that a call of the worker gets.
    pub(crate) fn batch(&self) -> f64 {
        let receives = self.requests.iter().find(|(action, _)| *action == "ReceiveMessage");
        receives.map_or(f64::NAN, |(_, receives)| self.messages as f64 / *receives as f64)
    }
}

/// The world and who lives in it.
pub(crate) struct Town {
    world: World,
    bill: Bill,
    http: reqwest::Client,
    dice: Dice,
    sent: usize,
    /// The inbound function, where it is not to begin by itself.
    held: Arc<Mutex<Option<SqsHandler>>>,
    conversations: String,
}

impl Town {
    /// A world in memory. With `hold`, messages stay on the queue until [`Town::release`].
    pub(crate) async fn start(hold: bool) -> Result<Self, BoxError> {
        let (bill, held) = (Bill::default(), Arc::new(Mutex::new(None)));
        let (tapped, kept) = (bill.clone(), Arc::clone(&held));
        let world = World::start(WorldOptions {
            time: Time::Manual(START - BEFORE),
            // What happens by the clock belongs to no message's cost: a count of dead letters every five minutes. Events
            // are a line of their own.
            interceptors: Some(Arc::new(move |function| match function {
                "sync" | "automation" | "notifier" | "campaign" => Vec::new(),
                _ => vec![tap::interceptor(&tapped)],
            })),
            functions: Arc::new(move |context| {
                let kept = Arc::clone(&kept);
                Box::pin(async move {
                    let mut functions: Functions = local::functions::build(context).await?;
                    if hold {
                        let inbound = functions.sqs.remove("inbound");
                        *kept.lock().unwrap_or_else(PoisonError::into_inner) = inbound;
                    }
                    Ok(functions)
                })
            }),
            ..WorldOptions::default()
        })
        .await?;
        let conversations = world.template.table("Conversations").ok_or("no table Conversations")?;
        let conversations = conversations.name.clone();
        let (http, dice) = (graph::client().build().expect("a client"), Dice::new());
        Ok(Self { world, bill, http, dice, sent: 0, held, conversations })
    }

    /// Rolls the town's dice.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.dice.roll(sides)
    }

    /// A person writes, at a time after the workload's start.
    pub(crate) async fn writes(&mut self, person: usize, at: Duration) -> Result<(), BoxError> {
        self.world.advance_to(START + at).await;
        self.posts(person).await
    }

    /// A person writes, now.
    pub(crate) async fn posts(&mut self, person: usize) -> Result<(), BoxError> {
        let second = self.world.clock.now().as_second();
        let body = people::webhook(person, self.sent, second, &mut self.dice);
        self.sent += 1;
        let signature = cloud_api::signature::sign(Secrets::APP_SECRET.as_bytes(), &body);
        let url = format!("{}/webhook", self.world.public_url());
        let post = self.http.post(url).header("x-hub-signature-256", signature).body(body);
        post.send().await?.error_for_status()?;
        Ok(())
    }

    /// So many people have written an hour ago, and were answered. What that cost is not counted.
    pub(crate) async fn is_known_to(&mut self, people: usize) -> Result<(), BoxError> {
        for person in 0..people {
            self.posts(person).await?;
        }
        self.release().await?;
        self.answer_all().await
    }

    /// Ends everybody's wait as an answer does, for a client whose units nobody counts: answers are the
    /// sender's cost. The customer's next message begins a new wait.
    pub(crate) async fn answer_all(&self) -> Result<(), BoxError> {
        self.world.settle().await;
        let client = self.world.dynamodb();
        for item in self.items().await? {
            let (Some(pk), Some(sk)) = (item.get("pk"), item.get("sk")) else { continue };
            if sk.as_s().is_ok_and(|sk| sk == "STATE") && item.contains_key("qk") {
                let update = client.update_item().table_name(&self.conversations);
                let update = update.key("pk", pk.clone()).key("sk", sk.clone());
                update.update_expression("REMOVE qk, qs").send().await?;
            }
        }
        Ok(())
    }

    /// From here on everything counts.
    pub(crate) async fn begin(&self) {
        self.world.settle().await;
        self.bill.take();
        self.world.sqs.reset_calls();
    }

    /// Lets a function that is held work until the queue is empty.
    pub(crate) async fn release(&self) -> Result<(), BoxError> {
        let handler = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(handler) = handler else {
            self.world.settle().await;
            return Ok(());
        };
        let function = self.world.template.function("inbound").ok_or("no function inbound")?;
        let source = function.sources.first().ok_or("inbound has no source")?.clone();
        let activity = Activity::default();
        let invoker = Invoker {
            timeout: function.timeout,
            clock: self.world.clock.clone(),
            activity: activity.clone(),
        };
        let (queue, sqs) = (source.queue.clone(), self.world.sqs.clone());
        let (stop, stopped) = watch::channel(false);
        let mapping = Mapping { sqs: sqs.clone(), source, handler, invoker };
        let task = tokio::spawn(mapping.run(stopped));
        while sqs.has_receivable(&queue).await? || activity.working() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.send_replace(true);
        task.await?;
        Ok(())
    }

    /// What the workload cost, once everything has come to its end.
    pub(crate) async fn spent(&self, messages: usize) -> Result<Spent, BoxError> {
        self.world.settle().await;
        let units = self.bill.take();
        let mut requests: Vec<(&'static str, u64)> = Vec::new();
        for call in self.world.sqs.calls() {
            match requests.iter_mut().find(|(action, _)| *action == call.action) {
                Some((_, billed)) => *billed += call.billed,
                None => requests.push((call.action, call.billed)),
            }
        }
        let (mut message_bytes, mut state_bytes) = (Vec::new(), Vec::new());
        for item in self.items().await? {
            let sk = item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str);
            let bytes = size::of_item(&item) as f64;
            if sk == "STATE" { state_bytes.push(bytes) } else { message_bytes.push(bytes) }
        }
        if message_bytes.len() != self.sent {
            return Err(format!("{} messages were sent, {} recorded", self.sent, message_bytes.len()).into());
        }
        Ok(Spent { messages, units, requests, message_bytes, state_bytes })
    }

    /// Everything in the conversations' table.
    async fn items(&self) -> Result<Vec<std::collections::HashMap<String, AttributeValue>>, BoxError> {
        let scan =
            self.world.dynamodb().scan().table_name(&self.conversations).into_paginator().items().send();
        Ok(scan.try_collect().await?)
    }

    /// How many MB each function has, by the template.
    pub(crate) fn memory(&self, binary: &str) -> u32 {
        self.world.template.function(binary).map_or(128, |function| function.memory)
    }
}
