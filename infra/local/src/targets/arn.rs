//! What a target's ARN names.

use crate::template::{ACCOUNT, REGION};

/// A target that the embedded world plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetName {
    /// A queue, by name.
    Queue(String),
    /// A function of the template, by its logical id.
    Function(String),
}

impl TargetName {
    /// Reads an ARN of this world's account and region.
    ///
    /// # Errors
    /// What cannot be a target here, in words for whoever asked.
    pub fn read(arn: &str) -> Result<Self, String> {
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", "aws", service, region, account, rest @ ..] = &parts[..] else {
            return Err(format!("Provided Arn is not in correct format: {arn}"));
        };
        if *region != REGION || *account != ACCOUNT {
            return Err(format!("{arn} lies in another region or account than this world"));
        }
        match (*service, rest) {
            ("sqs", [name]) if !name.is_empty() => Ok(Self::Queue((*name).to_owned())),
            ("lambda", ["function", name]) if !name.is_empty() => Ok(Self::Function((*name).to_owned())),
            _ => Err(format!("the embedded world delivers to queues and functions, not to {arn}")),
        }
    }
}

/// The ARN of a function of the template.
#[must_use]
pub fn function_arn(id: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{id}")
}
