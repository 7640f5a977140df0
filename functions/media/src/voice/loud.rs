//! How loud a sound is, part by part.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::media::WAVEFORM;
use opus_decoder::OpusDecoder;

use super::opus::{MOST, samples};
use super::read::Sound;

/// The rate in which it is decoded: enough to tell how loud a voice is, a sixth of the work.
const LISTENS_AT: u32 = 8_000;
/// The most packets that are decoded, a quarter of an hour. What is longer is judged by the sizes of its packets.
const DECODED: usize = 45_000;

/// The waveform: the loudest part is 255. Nothing where there is nothing to hear.
pub(super) fn waveform(sound: &Sound) -> Vec<u8> {
    if sound.packets.is_empty() {
        return Vec::new();
    }
    // The decoder is young. Should it fail or panic, sizes tell much the same: silence takes few bytes.
    let decoded = catch_unwind(AssertUnwindSafe(|| decoded(sound))).ok().flatten();
    let energies = decoded.unwrap_or_else(|| sizes(sound));
    drawn(&energies)
}

/// A part of the sound: how long, and its energy per sample.
struct Part {
    samples: u64,
    energy: f64,
}

fn decoded(sound: &Sound) -> Option<Vec<Part>> {
    if sound.packets.len() > DECODED {
        return None;
    }
    let mut decoder = OpusDecoder::new(LISTENS_AT, 1).ok()?;
    let mut pcm = vec![0_i16; MOST];
    let listen = |packet: &Vec<u8>| {
        let heard = decoder.decode(packet, &mut pcm, false).ok()?;
        let heard = pcm.get(..heard)?;
        let sum: f64 = heard.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a packet has at most some thousand samples")]
        let energy = if heard.is_empty() { 0.0 } else { sum / heard.len() as f64 };
        Some(Part { samples: samples(packet), energy })
    };
    sound.packets.iter().map(listen).collect()
}

fn sizes(sound: &Sound) -> Vec<Part> {
    let least = sound.packets.iter().map(Vec::len).min().unwrap_or_default();
    let part = |packet: &Vec<u8>| {
        let above = u32::try_from(packet.len() - least).unwrap_or(u32::MAX);
        Part { samples: samples(packet), energy: f64::from(above).powi(2) }
    };
    sound.packets.iter().map(part).collect()
}

/// Draws parts of any length into the waveform's, each as loud as its mean.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples of hours fit a double, and what is drawn is between 0 and 255"
)]
fn drawn(parts: &[Part]) -> Vec<u8> {
    let whole: u64 = parts.iter().map(|part| part.samples).sum();
    if whole == 0 {
        return Vec::new();
    }
    let mut bars = [(0.0_f64, 0_u64); WAVEFORM];
    let mut at = 0_u64;
    for part in parts {
        let (mut from, to) = (at, at + part.samples);
        while from < to {
            let bar = usize::try_from(from * WAVEFORM as u64 / whole).unwrap_or_default().min(WAVEFORM - 1);
            let end = ((bar as u64 + 1) * whole).div_ceil(WAVEFORM as u64).min(to).max(from + 1);
            bars[bar].0 += part.energy * (end - from) as f64;
            bars[bar].1 += end - from;
            from = end;
        }
        at = to;
    }
    let mut last = 0.0;
    let loud = bars.map(|(energy, samples)| {
        // A sound with fewer samples than bars leaves some without any.
        if samples > 0 {
            last = (energy / samples as f64).sqrt();
        }
        last
    });
    let loudest = loud.iter().copied().fold(0.0, f64::max);
    if loudest <= 0.0 {
        return vec![0; WAVEFORM];
    }
    loud.iter().map(|loud| (loud / loudest * 255.0).round() as u8).collect()
}
