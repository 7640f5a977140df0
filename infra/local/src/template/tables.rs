//! Tables of the template.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{TemplateError, typed};

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Logical id, e.g. `Contacts`.
    pub id: String,
    /// Real name, with the stage.
    pub name: String,
    /// Key attributes of the table and its indexes with their types (`S`, `N`, `B`).
    pub attributes: BTreeMap<String, String>,
    /// The primary key: partition, then sort.
    pub keys: Vec<KeyPart>,
    /// Global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute that says when an item expires.
    pub ttl: Option<String>,
    /// What the stream's records show, if there is a stream.
    pub stream: Option<String>,
}

/// One attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct KeyPart {
    /// The attribute's name.
    #[serde(rename = "AttributeName")]
    pub attribute: String,
    /// `HASH` or `RANGE`.
    #[serde(rename = "KeyType")]
    pub role: String,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Index {
    /// The index's name.
    #[serde(rename = "IndexName")]
    pub name: String,
    /// Its key: partition, then sort.
    #[serde(rename = "KeySchema")]
    pub keys: Vec<KeyPart>,
    /// What it copies from the table.
    pub projection: Projection,
}

/// What an index copies from its table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Projection {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    #[serde(rename = "ProjectionType")]
    pub kind: String,
    /// What `INCLUDE` includes.
    #[serde(rename = "NonKeyAttributes", default)]
    pub attributes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Properties {
    table_name: String,
    attribute_definitions: Vec<AttributeDefinition>,
    key_schema: Vec<KeyPart>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    time_to_live_specification: Option<TimeToLive>,
    stream_specification: Option<Stream>,
    // These have no counterpart on one machine.
    #[serde(rename = "BillingMode")]
    _billing_mode: Option<IgnoredAny>,
    #[serde(rename = "PointInTimeRecoverySpecification")]
    _recovery: Option<IgnoredAny>,
    #[serde(rename = "SSESpecification")]
    _encryption: Option<IgnoredAny>,
    #[serde(rename = "DeletionProtectionEnabled")]
    _protection: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AttributeDefinition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TimeToLive {
    attribute_name: String,
    enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stream {
    stream_view_type: String,
}

impl Table {
    pub(super) fn read(id: &str, properties: Value) -> Result<Self, TemplateError> {
        let properties: Properties = typed(id, properties)?;
        let attributes = properties.attribute_definitions.into_iter();
        Ok(Self {
            id: id.to_owned(),
            name: properties.table_name,
            attributes: attributes.map(|a| (a.attribute_name, a.attribute_type)).collect(),
            keys: properties.key_schema,
            indexes: properties.global_secondary_indexes,
            ttl: properties
                .time_to_live_specification
                .filter(|ttl| ttl.enabled)
                .map(|ttl| ttl.attribute_name),
            stream: properties.stream_specification.map(|stream| stream.stream_view_type),
        })
    }
}
