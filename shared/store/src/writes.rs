//! What all writes of an item have in common, whether they are sent alone or in a transaction.

use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::builders::{DeleteBuilder, PutBuilder, UpdateBuilder};

use crate::Condition;

/// A write that may be refused.
pub(crate) trait Guarded: Sized {
    /// Puts it under a condition, whose values the caller sets.
    #[must_use]
    fn under(self, condition: Condition) -> Self;
}

/// A write that changes attributes.
pub(crate) trait Changes: Sized {
    /// Names each attribute, as some are words of DynamoDB's own, and adds to the parts of the expression what is set
    /// and what is taken away.
    #[must_use]
    fn changing(
        self,
        attributes: impl IntoIterator<Item = (&'static str, Option<AttributeValue>)>,
        sets: &mut Vec<String>,
        removes: &mut Vec<String>,
    ) -> Self;
}

macro_rules! guarded {
    ($($write:ty),*) => {$(
        impl Guarded for $write {
            fn under(mut self, condition: Condition) -> Self {
                for (place, attribute) in condition.names() {
                    self = self.expression_attribute_names(*place, *attribute);
                }
                self.condition_expression(condition.expression())
            }
        }
    )*};
}

guarded!(UpdateBuilder, PutBuilder, DeleteBuilder);
guarded!(UpdateItemFluentBuilder, PutItemFluentBuilder, DeleteItemFluentBuilder);

macro_rules! changes {
    ($($write:ty),*) => {$(
        impl Changes for $write {
            fn changing(
                mut self,
                attributes: impl IntoIterator<Item = (&'static str, Option<AttributeValue>)>,
                sets: &mut Vec<String>,
                removes: &mut Vec<String>,
            ) -> Self {
                for (name, value) in attributes {
                    match value {
                        Some(value) => {
                            sets.push(format!("#{name} = :{name}"));
                            self = self.expression_attribute_values(format!(":{name}"), value);
                        }
                        None => removes.push(format!("#{name}")),
                    }
                    self = self.expression_attribute_names(format!("#{name}"), name);
                }
                self
            }
        }
    )*};
}

changes!(UpdateBuilder, UpdateItemFluentBuilder);
