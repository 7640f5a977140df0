//! Keys of campaigns and their logs.

use domain::campaign::CampaignId;
use domain::campaign::log::Chunk;

use super::Key;

/// The list of all campaigns.
pub(crate) const CAMPAIGNS: &str = "CAMPAIGNS";
/// The list of campaigns that start by themselves, or have started and are not over.
pub(crate) const ACTIVE: &str = "ACTIVE";
/// The list of files with audiences of campaigns.
pub(crate) const AUDIENCE_FILES: &str = "AUDIENCE_FILES";
/// Before the first and after the last chunk of a walked audience, in a partition of the log.
pub(crate) const WALKED_CHUNKS: (&str, &str) = ("CHUNK#0", "CHUNK#:");
/// The end of the key of a chunk's run.
pub(crate) const RUN: &str = "#RUN";

/// A campaign.
pub(crate) fn campaign(id: &CampaignId) -> Key {
    (format!("CAMP#{id}"), "DEF".to_owned())
}

/// The newest pre-flight of a campaign.
pub(crate) fn preflight(id: &CampaignId) -> Key {
    (campaign(id).0, "PREFLIGHT".to_owned())
}

/// A chunk of a campaign's log.
pub(crate) fn chunk(id: &CampaignId, chunk: Chunk) -> Key {
    (format!("CAMP#{id}#{}", chunk.partition()), format!("CHUNK#{chunk}"))
}

/// The run of a chunk.
pub(crate) fn run(id: &CampaignId, of: Chunk) -> Key {
    let (pk, sk) = chunk(id, of);
    (pk, format!("{sk}{RUN}"))
}

/// A partition's chunks of people who were put off until an hour.
pub(crate) fn deferred_chunks(id: &CampaignId, hour: u64, partition: u64) -> Key {
    let (pk, sk) = chunk(id, Chunk::Deferred { hour, n: partition });
    let prefix = sk.rsplit_once('#').map_or(sk.clone(), |(prefix, _)| format!("{prefix}#"));
    (pk, prefix)
}

/// Reads a chunk's name from its own sort key, or from that of its run.
pub(crate) fn parse_chunk(sk: &str) -> Option<Chunk> {
    let name = sk.strip_prefix("CHUNK#")?;
    name.strip_suffix(RUN).unwrap_or(name).parse().ok()
}
