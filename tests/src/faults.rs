//! Faults, injected where side effects happen: at every call of an AWS client or of the Graph API.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use graph::Cut;
use store::Condition;

/// Calls that change something. Reads are not counted: dying before one is dying after the write before it.
const EFFECTS: &[&str] = &[
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "SendMessageBatch",
    "ChangeMessageVisibility",
    "PutObject",
    "DeleteObject",
    "PostToConnection",
    "DeleteConnection",
];

/// On which side of a side effect a function dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing left.
    Before,
    /// It happened, and nobody heard the answer.
    After,
}

#[derive(Debug, Default)]
struct Plan {
    /// Side effects so far, by function, by name.
    done: HashMap<String, Vec<String>>,
    kill: Option<(String, usize, Moment)>,
    dropped: Option<Condition>,
    /// How often the dropped condition was met.
    met: usize,
    /// How many of a function's next calls of a table get no answer.
    silent: HashMap<String, usize>,
}

/// What is to go wrong, and what happened. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

/// The call of the Graph API by which a message is sent.
const SEND: &str = "messages";

impl Faults {
    /// Kills a function at its n-th side effect from now on (from 0), once.
    pub fn kill(&self, function: &str, nth: usize, moment: Moment) {
        let mut plan = self.lock();
        let sofar = plan.done.get(function).map_or(0, Vec::len);
        plan.kill = Some((function.to_owned(), sofar + nth, moment));
    }

    /// Whether the kill that was ordered has happened.
    #[must_use]
    pub fn killed(&self) -> bool {
        self.lock().kill.is_none()
    }

    /// Sends every write without this condition.
    pub fn drop_condition(&self, condition: Condition) {
        self.lock().dropped = Some(condition);
    }

    /// Lets the next so many calls of a function to a table go without an answer. The function lives on.
    pub fn silence_tables(&self, function: &str, calls: usize) {
        self.lock().silent.insert(function.to_owned(), calls);
    }

    /// How often the dropped condition was on a write.
    #[must_use]
    pub fn met(&self) -> usize {
        self.lock().met
    }

    /// The side effects of a function so far, by name.
    #[must_use]
    pub fn effects(&self, function: &str) -> Vec<String> {
        self.lock().done.get(function).cloned().unwrap_or_default()
    }

    /// The interceptor for the AWS clients of a function.
    #[must_use]
    pub fn interceptor(&self, function: &str) -> SharedInterceptor {
        SharedInterceptor::new(Tap { faults: self.clone(), function: function.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this call of a table gets no answer.
    fn keeps_silent(&self, function: &str) -> bool {
        let mut plan = self.lock();
        let Some(left) = plan.silent.get_mut(function).filter(|left| **left > 0) else { return false };
        *left -= 1;
        true
    }

    /// A side effect is about to happen. `Err` if the function dies here.
    fn before(&self, function: &str, effect: &str) -> Result<(), Dead> {
        if local::lambda::is_killed() {
            return Err(Dead);
        }
        let mut plan = self.lock();
        let done = plan.done.entry(function.to_owned()).or_default();
        let index = done.len();
        done.push(effect.to_owned());
        let dies = |(name, nth, moment): &(String, usize, Moment)| {
            name == function && *nth == index && *moment == Moment::Before
        };
        if plan.kill.as_ref().is_some_and(dies) {
            plan.kill = None;
            local::lambda::kill();
            return Err(Dead);
        }
        Ok(())
    }

    /// A side effect has happened. `Err` if the function dies before it hears of it.
    fn after(&self, function: &str) -> Result<(), Dead> {
        if local::lambda::is_killed() {
            return Err(Dead);
        }
        let mut plan = self.lock();
        let count = plan.done.get(function).map_or(0, Vec::len);
        let dies = |(name, nth, moment): &(String, usize, Moment)| {
            name == function && nth + 1 == count && *moment == Moment::After
        };
        if plan.kill.as_ref().is_some_and(dies) {
            plan.kill = None;
            local::lambda::kill();
            return Err(Dead);
        }
        Ok(())
    }
}

/// The function died here.
#[derive(Clone, Copy, Debug)]
struct Dead;

impl std::fmt::Display for Dead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("killed by a test")
    }
}

impl std::error::Error for Dead {}

impl graph::Intercept for Faults {
    // Others ask Meta too; only the sender asks it to send.
    fn before(&self, call: &'static str) -> Result<(), Cut> {
        if call == SEND { Faults::before(self, "sender", call).map_err(|Dead| Cut) } else { Ok(()) }
    }

    fn after(&self, call: &'static str) -> Result<(), Cut> {
        if call == SEND { Faults::after(self, "sender").map_err(|Dead| Cut) } else { Ok(()) }
    }
}

/// Sits in the AWS clients of one function.
#[derive(Debug)]
struct Tap {
    faults: Faults,
    function: String,
}

fn effect_of(config: &ConfigBag) -> Option<&'static str> {
    let operation = config.load::<Metadata>()?.name().to_owned();
    EFFECTS.iter().find(|effect| **effect == operation).copied()
}

#[dyn_dispatch_hint]
impl Intercept for Tap {
    fn name(&self) -> &'static str {
        "faults"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(condition) = self.faults.lock().dropped else { return Ok(()) };
        let input = context.input_mut();
        // A put and a delete have no other expression that could use the condition's placeholders.
        macro_rules! drop_from {
            ($write:expr, $update:expr) => {
                drop_from(
                    condition,
                    &mut $write.condition_expression,
                    $update,
                    &mut $write.expression_attribute_names,
                    &mut $write.expression_attribute_values,
                )
            };
        }
        let mut met = 0;
        if let Some(put) = input.downcast_mut::<PutItemInput>() {
            met += drop_from!(put, None);
        } else if let Some(update) = input.downcast_mut::<UpdateItemInput>() {
            met += drop_from!(update, update.update_expression.as_deref());
        } else if let Some(delete) = input.downcast_mut::<DeleteItemInput>() {
            met += drop_from!(delete, None);
        } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
            for action in transaction.transact_items.iter_mut().flatten() {
                if let Some(put) = &mut action.put {
                    met += drop_from!(put, None);
                }
                if let Some(delete) = &mut action.delete {
                    met += drop_from!(delete, None);
                }
                if let Some(update) = &mut action.update {
                    met += drop_from!(update, Some(&update.update_expression));
                }
            }
        }
        self.faults.lock().met += met;
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let on_table = config.load::<Metadata>().is_some_and(|call| call.service() == "DynamoDB");
        if on_table && self.faults.keeps_silent(&self.function) {
            return Err("no answer".into());
        }
        match effect_of(config) {
            Some(effect) => Ok(self.faults.before(&self.function, effect)?),
            None if local::lambda::is_killed() => Err(Dead.into()),
            None => Ok(()),
        }
    }

    fn read_after_deserialization(
        &self,
        _context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if effect_of(config).is_some() {
            self.faults.after(&self.function)?;
        }
        Ok(())
    }
}

type Names = Option<HashMap<String, String>>;
type Values = Option<HashMap<String, aws_sdk_dynamodb::types::AttributeValue>>;

/// Takes a condition off a write, with the placeholders that nothing else there uses: DynamoDB refuses those.
fn drop_from(
    condition: Condition,
    expression: &mut Option<String>,
    update: Option<&str>,
    names: &mut Names,
    values: &mut Values,
) -> usize {
    if expression.as_deref() != Some(condition.expression()) {
        return 0;
    }
    *expression = None;
    let update = update.unwrap_or_default();
    let uses = |place: &String| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        update
            .match_indices(place.as_str())
            .any(|(at, _)| !update[at + place.len()..].chars().next().is_some_and(word))
    };
    if let Some(map) = names {
        map.retain(|place, _| uses(place));
    }
    if let Some(map) = values {
        map.retain(|place, _| uses(place));
    }
    *names = names.take().filter(|map| !map.is_empty());
    *values = values.take().filter(|map| !map.is_empty());
    1
}
