//! References inside the template, and the local value of each.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_norway::Value as Yaml;

use super::{ACCOUNT, REGION, Settings, TemplateError};
use crate::events::bus_arn;
use crate::scheduler::group_arn;

/// Deeper than any template nests its references: beyond it there is a cycle.
const DEEPEST: usize = 16;

pub(super) struct Resolver<'a> {
    root: &'a Yaml,
    parameters: BTreeMap<String, String>,
    endpoint: &'a str,
}

/// Where in the template a value stands, for errors.
#[derive(Clone)]
struct At<'a> {
    id: &'a str,
    property: String,
    depth: usize,
}

impl At<'_> {
    fn error(&self, reason: impl Into<String>) -> TemplateError {
        TemplateError::new(self.id, &self.property, reason)
    }

    fn below(&self, key: &str) -> Self {
        let separator = if self.property.is_empty() { "" } else { "." };
        Self { id: self.id, property: format!("{}{separator}{key}", self.property), depth: self.depth }
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn new(root: &'a Yaml, settings: &'a Settings) -> Result<Self, TemplateError> {
        let mut parameters = BTreeMap::new();
        for (name, definition) in entries(&root["Parameters"]) {
            let default = definition["Default"].as_str().map(str::to_owned);
            let value = settings.parameters.get(name).cloned().or(default);
            let value = value
                .ok_or_else(|| TemplateError::new("Parameters", name, "it has no value and no default"))?;
            parameters.insert(name.to_owned(), value);
        }
        if let Some(unknown) = settings.parameters.keys().find(|name| !parameters.contains_key(*name)) {
            return Err(TemplateError::new("Parameters", unknown, "the template has no such parameter"));
        }
        Ok(Self { root, parameters, endpoint: &settings.endpoint })
    }

    /// The logical ids of all resources.
    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        entries(&self.root["Resources"]).map(|(id, _)| id)
    }

    /// A resource's type.
    pub(super) fn kind(&self, id: &str) -> Result<&'a str, TemplateError> {
        let kind = self.root["Resources"][id]["Type"].as_str();
        kind.ok_or_else(|| TemplateError::new(id, "Type", "it must be given"))
    }

    /// A resource's properties, resolved.
    pub(super) fn properties(&self, id: &str) -> Result<Value, TemplateError> {
        self.section(id, &self.root["Resources"][id]["Properties"])
    }

    /// A resource's metadata, resolved.
    pub(super) fn metadata(&self, id: &str) -> Result<Value, TemplateError> {
        self.section(id, &self.root["Resources"][id]["Metadata"])
    }

    /// The properties that every function shares, resolved.
    pub(super) fn globals(&self) -> Result<Value, TemplateError> {
        self.section("Globals", &self.root["Globals"]["Function"])
    }

    fn section(&self, id: &str, yaml: &Yaml) -> Result<Value, TemplateError> {
        self.value(yaml, &At { id, property: String::new(), depth: 0 })
    }

    fn value(&self, yaml: &Yaml, at: &At<'_>) -> Result<Value, TemplateError> {
        match yaml {
            Yaml::Null => Ok(Value::Null),
            Yaml::Bool(value) => Ok(Value::Bool(*value)),
            Yaml::Number(number) => {
                let number = number.as_i64().ok_or_else(|| at.error("it must be a whole number"))?;
                Ok(number.into())
            }
            Yaml::String(text) => Ok(Value::String(text.clone())),
            Yaml::Sequence(list) => {
                list.iter().map(|item| self.value(item, at)).collect::<Result<_, _>>().map(Value::Array)
            }
            Yaml::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                self.intrinsic(tag.trim_start_matches('!'), &tagged.value, at).map(Value::String)
            }
            Yaml::Mapping(_) => self.mapping(yaml, at),
        }
    }

    fn mapping(&self, yaml: &Yaml, at: &At<'_>) -> Result<Value, TemplateError> {
        let mut pairs = entries(yaml);
        // The long form of an intrinsic: a mapping whose only key is its name.
        if let (Some((key, argument)), None) = (pairs.next(), pairs.next())
            && (key == "Ref" || key.starts_with("Fn::"))
        {
            return self.intrinsic(key.trim_start_matches("Fn::"), argument, at).map(Value::String);
        }
        let resolved =
            entries(yaml).map(|(key, value)| Ok((key.to_owned(), self.value(value, &at.below(key))?)));
        resolved.collect::<Result<_, TemplateError>>().map(Value::Object)
    }

    fn intrinsic(&self, name: &str, argument: &Yaml, at: &At<'_>) -> Result<String, TemplateError> {
        let at = &At { depth: at.depth + 1, ..at.clone() };
        if at.depth > DEEPEST {
            return Err(at.error("its references go in a circle"));
        }
        let text = argument.as_str();
        match (name, text) {
            ("Ref", Some(target)) => self.reference(target, at),
            ("GetAtt", Some(path)) => match path.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute, at),
                None => Err(at.error(format!("!GetAtt {path} names no attribute"))),
            },
            ("GetAtt", None) => match argument.as_sequence().map(Vec::as_slice) {
                Some([Yaml::String(id), Yaml::String(attribute)]) => self.attribute(id, attribute, at),
                _ => Err(at.error("!GetAtt takes a resource and an attribute")),
            },
            ("Sub", Some(text)) => self.substitute(text, at),
            ("Join", None) => self.join(argument, at),
            _ => Err(at.error(format!("the embedded world does not know !{name} in this form"))),
        }
    }

    fn join(&self, argument: &Yaml, at: &At<'_>) -> Result<String, TemplateError> {
        let Some([Yaml::String(separator), Yaml::Sequence(parts)]) =
            argument.as_sequence().map(Vec::as_slice)
        else {
            return Err(at.error("!Join takes a separator and a list"));
        };
        let parts = parts.iter().map(|part| match self.value(part, at)? {
            Value::String(text) => Ok(text),
            other => Err(at.error(format!("!Join cannot join {other}"))),
        });
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
            "AWS::Scheduler::ScheduleGroup" | "AWS::Events::EventBus" => self.name(target, "Name", at),
            _ => Ok(target.to_owned()),
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
        let kind = self.root["Resources"][id]["Type"].as_str();
        kind.ok_or_else(|| at.error(format!("there is no resource or parameter {id}")))
    }

    /// A resource's own name, which the template must give: the embedded world makes none up.
    fn name(&self, id: &str, property: &str, at: &At<'_>) -> Result<String, TemplateError> {
        match self.value(&self.root["Resources"][id]["Properties"][property], at)? {
            Value::String(name) => Ok(name),
            _ => Err(TemplateError::new(id, property, "it must be given, others refer to it")),
        }
    }
}

fn entries(yaml: &Yaml) -> impl Iterator<Item = (&str, &Yaml)> {
    let pairs = yaml.as_mapping().into_iter().flatten();
    pairs.filter_map(|(key, value)| key.as_str().map(|key| (key, value)))
}
