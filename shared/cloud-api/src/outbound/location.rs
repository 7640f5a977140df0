//! Places.

use serde::{Deserialize, Serialize};

use super::validate::Check;

/// A place. See [Cloud API/Location messages], read 2026-11.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema)]
#[schemars(rename = "OutboundLocation")]
#[schema(as = OutboundLocation)]
pub struct Location {
    /// Degrees, -90 to 90.
    #[serde(deserialize_with = "degrees")]
    #[schemars(with = "f64")]
    pub latitude: f64,
    /// Degrees, -180 to 180.
    #[serde(deserialize_with = "degrees")]
    #[schemars(with = "f64")]
    pub longitude: f64,
    /// Name of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Location {
    pub(super) fn check(&self, check: &mut Check) {
        if !(-90.0..=90.0).contains(&self.latitude) {
            check.fail("latitude", "must be between -90 and 90");
        }
        if !(-180.0..=180.0).contains(&self.longitude) {
            check.fail("longitude", "must be between -180 and 180");
        }
    }
}

/// Meta's samples write degrees as numbers and as strings.
fn degrees<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    <f64 as crate::wire::Wire>::read(value).map_err(|_| serde::de::Error::custom("must be a number"))
}
