//! Keys of campaigns and their logs.

use cloud_api::{PhoneNumberId, PortfolioId};
use domain::ContactId;
use domain::campaign::CampaignId;
use domain::campaign::log::{Chunk, PARTITIONS};

use super::Key;

/// The list of all campaigns.
pub(crate) const CAMPAIGNS: &str = "CAMPAIGNS";
/// The list of campaigns that start by themselves, or have started and are not over.
pub(crate) const ACTIVE: &str = "ACTIVE";
/// The list of files with audiences of campaigns.
pub(crate) const AUDIENCE_FILES: &str = "AUDIENCE_FILES";
/// The list of exports of campaigns' lines.
pub(crate) const CAMPAIGN_EXPORTS: &str = "CAMPAIGN_EXPORTS";
/// Before the first and after the last chunk of a walked audience, in a partition of the log.
pub(crate) const WALKED_CHUNKS: (&str, &str) = ("CHUNK#0", "CHUNK#:");
/// Before the first and after the last chunk of people who were put off.
pub(crate) const DEFERRED_CHUNKS: (&str, &str) = ("CHUNK#D", "CHUNK#E");
/// Before the first and after the last chunk of a partition of the log, with those of people who were put off.
pub(crate) const ALL_CHUNKS: (&str, &str) = ("CHUNK#", "CHUNK#~");
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

/// What became of at most 25 people of a chunk.
pub(crate) fn result_block(campaign: &CampaignId, chunk: Chunk, block: usize) -> Key {
    (results(campaign, chunk.partition()), format!("{RESULTS}{chunk}#{block}"))
}

/// Where the results of one partition of a campaign stand.
pub(crate) fn results(campaign: &CampaignId, partition: u64) -> String {
    format!("CAMP#{campaign}#{partition}")
}

/// The beginning of a result block's key.
pub(crate) const RESULTS: &str = "R#";

/// Reads a result block's chunk and number back from its sort key.
pub(crate) fn parse_result_block(sk: &str) -> Option<(Chunk, usize)> {
    let (chunk, block) = sk.strip_prefix("R#")?.rsplit_once('#')?;
    Some((chunk.parse().ok()?, block.parse().ok()?))
}

/// How much chunks of a campaign keep of its budget.
pub(crate) fn budget(id: &CampaignId) -> Key {
    (campaign(id).0, "BUDGET".to_owned())
}

/// What is taken of a portfolio's messaging limit.
pub(crate) fn tier(portfolio: &PortfolioId) -> Key {
    (format!("PF#{portfolio}"), "TIER".to_owned())
}

/// Slots of the messaging limit that a number keeps for single messages.
pub(crate) fn slots(number: &PhoneNumberId) -> Key {
    (format!("SLOTS#{number}"), "SLOTS".to_owned())
}

/// How fast a number sends.
pub(crate) fn lease(number: &PhoneNumberId) -> Key {
    (format!("LEASE#{number}"), "LEASE".to_owned())
}

/// The beginning of a conversion's key.
pub(crate) const CONVERSIONS: &str = "V#";
/// The beginning of the key under which a person has it.
pub(crate) const CONVERTED: &str = "CONVERTED#";

/// A conversion that another system told of, by the hash of its id there: what that says stays with who told it.
pub(crate) fn conversion(campaign: &CampaignId, hash: &str) -> Key {
    let partition =
        u64::from_str_radix(hash.get(..8).unwrap_or_default(), 16).unwrap_or_default() % PARTITIONS;
    (results(campaign, partition), format!("{CONVERSIONS}{hash}"))
}

/// The same with the person, so that it is found and goes with them.
pub(crate) fn converted(contact: &ContactId, campaign: &CampaignId, hash: &str) -> Key {
    (super::profile(contact).0, format!("{CONVERTED}{campaign}#{hash}"))
}

/// Reads campaign and hash back from the key under which a person has a conversion.
pub(crate) fn parse_converted(sk: &str) -> Option<(CampaignId, &str)> {
    let (campaign, hash) = sk.strip_prefix(CONVERTED)?.rsplit_once('#')?;
    Some((CampaignId::new(campaign)?, hash))
}
