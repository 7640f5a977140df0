//! A table, and short words for what is put into it.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, PutRequest, ScalarAttributeType, StreamSpecification, StreamViewType,
    TableStatus, WriteRequest,
};

use super::{Differs, Place, Verdict};

/// An item.
pub type Item = HashMap<String, AttributeValue>;

/// A string.
#[must_use]
pub fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number.
#[must_use]
pub fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A key.
#[must_use]
pub fn key(pk: &str, sk: &str) -> Item {
    item(pk, sk, [])
}

/// An item with these attributes beside its key.
#[must_use]
pub fn item<const N: usize>(pk: &str, sk: &str, attributes: [(&str, AttributeValue); N]) -> Item {
    let key = [("pk", s(pk)), ("sk", s(sk))];
    key.into_iter().chain(attributes).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A table with keys `pk` and `sk`, an index `gsi1` over `gpk` and `gsk`, and a stream.
pub struct Table {
    /// Its name.
    pub name: String,
    /// The client.
    pub client: Client,
}

impl Table {
    /// A new, empty table.
    ///
    /// # Errors
    /// It cannot be created.
    pub async fn create(place: &Place) -> Result<Self, Differs> {
        let client = place.dynamodb();
        let name = place.fresh("fidelity");
        create(&client, &name).await?;
        let table = Self { name, client };
        super::eventually(std::time::Duration::from_secs(10), async || table.is_active().await).await?;
        Ok(table)
    }

    async fn is_active(&self) -> Verdict {
        let table = self.client.describe_table().table_name(&self.name).send().await?.table;
        let status = table.and_then(|table| table.table_status);
        super::holds(status == Some(TableStatus::Active), status)
    }

    /// A put.
    #[must_use]
    pub fn put(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.name).set_item(Some(item))
    }

    /// An update.
    #[must_use]
    pub fn update(&self, key: Item, expression: &str) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.name).set_key(Some(key));
        update.update_expression(expression)
    }

    /// A query of the items whose `pk` is this.
    #[must_use]
    pub fn query(&self, pk: &str) -> QueryFluentBuilder {
        let query = self.client.query().table_name(&self.name);
        query.key_condition_expression("pk = :pk").expression_attribute_values(":pk", s(pk))
    }

    /// The item with this key.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn get(&self, key: Item) -> Result<Option<Item>, Differs> {
        let get = self.client.get_item().table_name(&self.name).set_key(Some(key)).consistent_read(true);
        Ok(get.send().await?.item)
    }

    /// Puts `count` items `b / 000`, `b / 001`, … that are in the index under `G`.
    ///
    /// # Errors
    /// They are refused.
    pub async fn put_many(&self, count: usize) -> Result<(), SdkError<BatchWriteItemError>> {
        let numbers = (0..count).map(|number| format!("{number:03}"));
        let items = numbers.map(|sk| item("b", &sk, [("gpk", s("G")), ("gsk", s(&sk))]));
        self.put_together(items.collect()).await
    }

    /// Puts items in one BatchWriteItem.
    ///
    /// # Errors
    /// They are refused.
    pub async fn put_together(&self, items: Vec<Item>) -> Result<(), SdkError<BatchWriteItemError>> {
        let put = |item| PutRequest::builder().set_item(Some(item)).build();
        let requests = items.into_iter().filter_map(|item| put(item).ok());
        let requests = requests.map(|put| WriteRequest::builder().put_request(put).build()).collect();
        self.client.batch_write_item().request_items(&self.name, requests).send().await.map(drop)
    }
}

async fn create(client: &Client, name: &str) -> Result<(), Differs> {
    let mut create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for attribute in ["pk", "sk", "gpk", "gsk"] {
        let definition = AttributeDefinition::builder().attribute_name(attribute);
        create = create.attribute_definitions(definition.attribute_type(ScalarAttributeType::S).build()?);
    }
    let index = GlobalSecondaryIndex::builder().index_name("gsi1");
    let index = index.set_key_schema(Some(keys("gpk", "gsk")?));
    let index = index.projection(Projection::builder().projection_type(ProjectionType::All).build());
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::NewAndOldImages).build()?;
    let create = create.set_key_schema(Some(keys("pk", "sk")?)).global_secondary_indexes(index.build()?);
    create.stream_specification(stream).send().await?;
    Ok(())
}

fn keys(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>, Differs> {
    let element = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![element(hash, KeyType::Hash)?, element(range, KeyType::Range)?])
}
