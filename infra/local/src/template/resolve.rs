//! References inside the template, and the local value of each.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_norway::Value as Yaml;

use super::conditions::intrinsic;
use super::sources::Documents;
use super::{ACCOUNT, REGION, Settings, TemplateError};
use crate::events::bus_arn;
use crate::scheduler::group_arn;

/// Deeper than any template nests its references: beyond it there is a cycle.
const DEEPEST: usize = 24;

/// One template with the values of its parameters.
pub(super) struct Resolver<'a> {
    pub(super) document: &'a Yaml,
    documents: &'a Documents,
    parameters: BTreeMap<String, String>,
    endpoint: &'a str,
    /// How many references led to this template.
    depth: usize,
}

/// Where in the template a value stands, for errors.
#[derive(Clone)]
pub(super) struct At<'a> {
    id: &'a str,
    property: String,
    depth: usize,
}

impl<'a> At<'a> {
    pub(super) fn new(id: &'a str, property: &str) -> Self {
        Self { id, property: property.to_owned(), depth: 0 }
    }

    pub(super) fn error(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::new(self.id, &self.property, reason)
    }

    fn below(&self, key: &str) -> Self {
        let separator = if self.property.is_empty() { "" } else { "." };
        Self { id: self.id, property: format!("{}{separator}{key}", self.property), depth: self.depth }
    }

    pub(super) fn deeper(&self) -> Result<Self, TemplateError> {
        if self.depth >= DEEPEST {
            return Err(self.error("its references go in a circle"));
        }
        Ok(Self { depth: self.depth + 1, ..self.clone() })
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        documents: &'a Documents,
        name: &str,
        given: &BTreeMap<String, String>,
        settings: &'a Settings,
    ) -> Result<Self, TemplateError> {
        let document = documents.get(name);
        let document = document.ok_or_else(|| TemplateError::new(name, "", "there is no such template"))?;
        let parameters = parameters(document, given)?;
        Ok(Self { document, documents, parameters, endpoint: &settings.endpoint, depth: 0 })
    }

    /// The template that a `AWS::CloudFormation::Stack` names, with the parameters that it gives.
    pub(super) fn nested(&self, id: &str, at: &At<'_>) -> Result<Self, TemplateError> {
        let definition = &self.document["Resources"][id];
        if !self.exists(id, definition)? {
            return Err(at.error(format!("{id} does not exist here: its condition does not hold")));
        }
        let name = definition["Properties"]["TemplateURL"].as_str();
        let name = name.ok_or_else(|| TemplateError::new(id, "TemplateURL", "it must be a file's name"))?;
        let document = self.documents.get(name);
        let document =
            document.ok_or_else(|| TemplateError::new(id, "TemplateURL", "there is no such file"))?;
        let mut given = BTreeMap::new();
        for (name, value) in entries(&definition["Properties"]["Parameters"]) {
            let at = At { depth: at.depth, ..At::new(id, &format!("Parameters.{name}")) };
            given.insert(name.to_owned(), self.text(value, &at)?);
        }
        let (documents, endpoint) = (self.documents, self.endpoint);
        Ok(Self { document, documents, parameters: parameters(document, &given)?, endpoint, depth: at.depth })
    }

    /// The logical ids of all resources that exist, their conditions considered.
    pub(super) fn ids(&self) -> Result<Vec<&'a str>, TemplateError> {
        let mut ids = Vec::new();
        for (id, definition) in entries(&self.document["Resources"]) {
            if self.exists(id, definition)? {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// A resource's type.
    pub(super) fn kind(&self, id: &str) -> Result<&'a str, TemplateError> {
        let kind = self.document["Resources"][id]["Type"].as_str();
        kind.ok_or_else(|| TemplateError::new(id, "Type", "it must be given"))
    }

    /// A resource's properties, resolved.
    pub(super) fn properties(&self, id: &str) -> Result<Value, TemplateError> {
        self.section(id, &self.document["Resources"][id]["Properties"])
    }

    /// A resource's metadata, resolved.
    pub(super) fn metadata(&self, id: &str) -> Result<Value, TemplateError> {
        self.section(id, &self.document["Resources"][id]["Metadata"])
    }

    /// The properties that every function shares, resolved.
    pub(super) fn globals(&self) -> Result<Value, TemplateError> {
        self.section("Globals", &self.document["Globals"]["Function"])
    }

    fn section(&self, id: &str, yaml: &Yaml) -> Result<Value, TemplateError> {
        self.value(yaml, &At { depth: self.depth, ..At::new(id, "") })
    }

    /// A value, resolved. What is no value at all (`AWS::NoValue`) is null.
    pub(super) fn value(&self, yaml: &Yaml, at: &At<'_>) -> Result<Value, TemplateError> {
        Ok(self.present(yaml, at)?.unwrap_or_default())
    }

    /// A value, resolved; `None` for `AWS::NoValue`, which takes its key or its place in a list with it.
    fn present(&self, yaml: &Yaml, at: &At<'_>) -> Result<Option<Value>, TemplateError> {
        if let Some((name, argument)) = intrinsic(yaml)
            && name != "Condition"
        {
            return self.intrinsic(&name, argument, at);
        }
        let value = match yaml {
            Yaml::Null | Yaml::Tagged(_) => Value::Null,
            Yaml::Bool(value) => Value::Bool(*value),
            Yaml::Number(number) => {
                let number = number.as_i64().ok_or_else(|| at.error("it must be a whole number"))?;
                number.into()
            }
            Yaml::String(text) => Value::String(text.clone()),
            Yaml::Sequence(list) => {
                let items = list.iter().filter_map(|item| self.present(item, at).transpose());
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Yaml::Mapping(_) => {
                let pairs = entries(yaml).filter_map(|(key, value)| {
                    let value = self.present(value, &at.below(key)).transpose()?;
                    Some(value.map(|value| (key.to_owned(), value)))
                });
                Value::Object(pairs.collect::<Result<_, _>>()?)
            }
        };
        Ok(Some(value))
    }

    /// A value that must be a text, or a number or truth value that stands for one.
    fn text(&self, yaml: &Yaml, at: &At<'_>) -> Result<String, TemplateError> {
        match self.value(yaml, at)? {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(value) => Ok(value.to_string()),
            other => Err(at.error(format!("it must be a text, not {other}"))),
        }
    }

    fn intrinsic(&self, name: &str, argument: &Yaml, at: &At<'_>) -> Result<Option<Value>, TemplateError> {
        let at = &at.deeper()?;
        let text = match (name, argument.as_str()) {
            ("If", None) => return self.present(self.chosen(argument, at)?, at),
            ("Ref", Some("AWS::NoValue")) => return Ok(None),
            ("Ref", Some(target)) => self.reference(target, at)?,
            ("GetAtt", Some(path)) => match path.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute, at)?,
                None => return Err(at.error(format!("!GetAtt {path} names no attribute"))),
            },
            ("GetAtt", None) => match argument.as_sequence().map(Vec::as_slice) {
                Some([Yaml::String(id), Yaml::String(attribute)]) => self.attribute(id, attribute, at)?,
                _ => return Err(at.error("!GetAtt takes a resource and an attribute")),
            },
            ("Sub", Some(text)) => self.substitute(text, at)?,
            ("Join", None) => self.join(argument, at)?,
            _ => return Err(at.error(format!("the embedded world does not know !{name} in this form"))),
        };
        Ok(Some(Value::String(text)))
    }

    fn join(&self, argument: &Yaml, at: &At<'_>) -> Result<String, TemplateError> {
        let Some([Yaml::String(separator), Yaml::Sequence(parts)]) =
            argument.as_sequence().map(Vec::as_slice)
        else {
            return Err(at.error("!Join takes a separator and a list"));
        };
        let parts = parts.iter().map(|part| self.text(part, at));
        Ok(parts.collect::<Result<Vec<_>, _>>()?.join(separator))
    }

    fn substitute(&self, text: &str, at: &At<'_>) -> Result<String, TemplateError> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) =
                after.split_once('}').ok_or_else(|| at.error("!Sub has a ${ without its }"))?;
            resolved.push_str(before);
            resolved.push_str(&match name.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute, at)?,
                None => self.reference(name, at)?,
            });
            rest = after;
        }
        resolved.push_str(rest);
        Ok(resolved)
    }

    fn reference(&self, target: &str, at: &At<'_>) -> Result<String, TemplateError> {
        match target {
            "AWS::Region" => return Ok(REGION.to_owned()),
            "AWS::AccountId" => return Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => return Ok("aws".to_owned()),
            "AWS::URLSuffix" => return Ok("amazonaws.com".to_owned()),
            "AWS::StackName" => return Ok("local".to_owned()),
            _ => {}
        }
        if let Some(value) = self.parameters.get(target) {
            return Ok(value.clone());
        }
        let kind = self.target_kind(target, at)?;
        match kind {
            "AWS::SQS::Queue" => {
                Ok(format!("{}/{ACCOUNT}/{}", self.endpoint, self.name(target, "QueueName", at)?))
            }
            "AWS::DynamoDB::Table" => self.name(target, "TableName", at),
            "AWS::S3::Bucket" => self.name(target, "BucketName", at),
            "AWS::IAM::ManagedPolicy" => Ok(format!("arn:aws:iam::{ACCOUNT}:policy/{target}")),
            "AWS::Scheduler::ScheduleGroup" | "AWS::Events::EventBus" => self.name(target, "Name", at),
            _ => Ok(target.to_owned()),
        }
    }

    /// An output of this template.
    fn output(&self, name: &str, at: &At<'_>) -> Result<String, TemplateError> {
        match &self.document["Outputs"][name]["Value"] {
            Yaml::Null => Err(at.error(format!("there is no output {name}"))),
            value => self.text(value, &At { depth: at.depth, ..At::new(name, "Outputs.Value") }.deeper()?),
        }
    }

    fn attribute(&self, id: &str, attribute: &str, at: &At<'_>) -> Result<String, TemplateError> {
        let kind = self.target_kind(id, at)?;
        match (kind, attribute) {
            ("AWS::SQS::Queue", "Arn") => {
                Ok(format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.name(id, "QueueName", at)?))
            }
            ("AWS::SQS::Queue", "QueueName") => self.name(id, "QueueName", at),
            ("AWS::SQS::Queue", "QueueUrl") => self.reference(id, at),
            ("AWS::DynamoDB::Table", "Arn") => {
                Ok(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{}", self.name(id, "TableName", at)?))
            }
            ("AWS::DynamoDB::Table", "StreamArn") => {
                let name = self.name(id, "TableName", at)?;
                Ok(format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}/stream/local"))
            }
            ("AWS::CloudFormation::Stack", output) if output.starts_with("Outputs.") => {
                self.nested(id, at)?.output(output.trim_start_matches("Outputs."), at)
            }
            ("AWS::IAM::Role", "Arn") => Ok(format!("arn:aws:iam::{ACCOUNT}:role/{id}")),
            ("AWS::Logs::LogGroup", "Arn") => {
                let name = self.name(id, "LogGroupName", at)?;
                Ok(format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"))
            }
            ("AWS::S3::Bucket", "Arn") => Ok(format!("arn:aws:s3:::{}", self.name(id, "BucketName", at)?)),
            ("AWS::Scheduler::ScheduleGroup", "Arn") => Ok(group_arn(&self.name(id, "Name", at)?)),
            ("AWS::Events::EventBus", "Arn") => Ok(bus_arn(&self.name(id, "Name", at)?)),
            ("AWS::Events::EventBus", "Name") => self.name(id, "Name", at),
            ("AWS::Serverless::Function", "Arn") => {
                Ok(format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{id}"))
            }
            _ => Err(at.error(format!("{id} is {kind}, of which {attribute} is not known here"))),
        }
    }

    fn target_kind(&self, id: &str, at: &At<'_>) -> Result<&'a str, TemplateError> {
        let kind = self.document["Resources"][id]["Type"].as_str();
        kind.ok_or_else(|| at.error(format!("there is no resource or parameter {id}")))
    }

    /// A resource's own name, which the template must give: the embedded world makes none up.
    fn name(&self, id: &str, property: &str, at: &At<'_>) -> Result<String, TemplateError> {
        match self.value(&self.document["Resources"][id]["Properties"][property], at)? {
            Value::String(name) => Ok(name),
            _ => Err(TemplateError::new(id, property, "it must be given, others refer to it")),
        }
    }
}

fn parameters(
    document: &Yaml,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, TemplateError> {
    let mut parameters = BTreeMap::new();
    for (name, definition) in entries(&document["Parameters"]) {
        let default = match &definition["Default"] {
            Yaml::String(text) => Some(text.clone()),
            Yaml::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let value = given.get(name).cloned().or(default);
        let value =
            value.ok_or_else(|| TemplateError::new("Parameters", name, "it has no value and no default"))?;
        parameters.insert(name.to_owned(), value);
    }
    match given.keys().find(|name| !parameters.contains_key(*name)) {
        Some(unknown) => Err(TemplateError::new("Parameters", unknown, "the template has no such parameter")),
        None => Ok(parameters),
    }
}

pub(super) fn entries(yaml: &Yaml) -> impl Iterator<Item = (&str, &Yaml)> {
    let pairs = yaml.as_mapping().into_iter().flatten();
    pairs.filter_map(|(key, value)| key.as_str().map(|key| (key, value)))
}
