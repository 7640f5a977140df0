//! Roles of the template: what each function may do.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{ACCOUNT, TemplateError, typed};

/// A role or a managed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Logical id, e.g. `Inbound`.
    pub id: String,
    /// What refers to it.
    pub arn: String,
    /// What it allows by itself.
    pub own: Vec<Statement>,
    /// What the managed policies that it names allow.
    pub managed: Vec<Statement>,
    /// The managed policies that it names.
    names: Vec<String>,
}

/// A statement that allows something. There is no other kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Actions, e.g. `dynamodb:PutItem`.
    pub actions: Vec<String>,
    /// ARNs, in which `*` stands for any text.
    pub resources: Vec<String>,
    /// Patterns of the partition keys that it may touch; none means every key.
    pub leading_keys: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoleProperties {
    #[serde(rename = "AssumeRolePolicyDocument")]
    _trust: IgnoredAny,
    #[serde(default)]
    managed_policy_arns: Vec<String>,
    #[serde(default)]
    policies: Vec<Inline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Inline {
    #[serde(rename = "PolicyName")]
    _name: IgnoredAny,
    policy_document: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ManagedProperties {
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    policy_document: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "Version")]
    _version: IgnoredAny,
    statement: Vec<Written>,
}

/// A statement as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written {
    #[serde(rename = "Effect", deserialize_with = "allow")]
    _effect: (),
    #[serde(deserialize_with = "one_or_more")]
    action: Vec<String>,
    #[serde(deserialize_with = "one_or_more")]
    resource: Vec<String>,
    condition: Option<Conditions>,
}

/// The conditions that are understood here. One that is not would be one that no test has tried.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    #[serde(rename = "ForAllValues:StringLike")]
    leading_keys: LeadingKeys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadingKeys {
    #[serde(rename = "dynamodb:LeadingKeys", deserialize_with = "one_or_more")]
    patterns: Vec<String>,
}

fn allow<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "Allow" => Ok(()),
        other => Err(D::Error::custom(format!("the embedded world does not know the effect {other}"))),
    }
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    })
}

impl From<Written> for Statement {
    fn from(written: Written) -> Self {
        Self {
            actions: written.action,
            resources: written.resource,
            leading_keys: written.condition.map(|condition| condition.leading_keys.patterns),
        }
    }
}

impl Role {
    /// Reads an `AWS::IAM::Role` or an `AWS::IAM::ManagedPolicy`.
    pub(super) fn read(id: &str, kind: &str, properties: Value) -> Result<Self, TemplateError> {
        if kind == "AWS::IAM::ManagedPolicy" {
            let properties: ManagedProperties = typed(id, properties)?;
            let own = properties.policy_document.statement.into_iter().map(Statement::from).collect();
            let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{id}");
            return Ok(Self { id: id.to_owned(), arn, own, managed: Vec::new(), names: Vec::new() });
        }
        let properties: RoleProperties = typed(id, properties)?;
        let documents = properties.policies.into_iter().map(|policy| policy.policy_document);
        Ok(Self {
            id: id.to_owned(),
            arn: format!("arn:aws:iam::{ACCOUNT}:role/{id}"),
            own: documents.flat_map(|document| document.statement).map(Statement::from).collect(),
            managed: Vec::new(),
            names: properties.managed_policy_arns,
        })
    }
}

/// Gives each role what the managed policies allow that it names.
pub(super) fn join(roles: &mut [Role]) -> Result<(), TemplateError> {
    let policies: Vec<(String, Vec<Statement>)> =
        roles.iter().map(|role| (role.arn.clone(), role.own.clone())).collect();
    for role in roles {
        for name in &role.names {
            let found = policies.iter().find(|(arn, _)| arn == name);
            let (_, statements) = found.ok_or_else(|| {
                TemplateError::new(&role.id, "ManagedPolicyArns", format!("{name} is not of this template"))
            })?;
            role.managed.extend(statements.iter().cloned());
        }
    }
    Ok(())
}
