//! Opus packets, out of Ogg or out of WebM.

use std::io::Cursor;

use matroska_demuxer::{Frame, MatroskaFile};
use ogg::PacketReader;

use super::NoVoice;
use super::opus::{RATE, read_head, samples};

/// The most packets that are looked at: an hour and more.
const PACKETS: usize = 200_000;

/// A sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    /// Its Opus packets.
    pub(super) packets: Vec<Vec<u8>>,
    /// Samples at the beginning that nobody is to hear.
    pub(super) skip: u16,
    /// Channels.
    pub(super) channels: u8,
}

impl Sound {
    /// Reads either container.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, NoVoice> {
        match bytes {
            [b'O', b'g', b'g', b'S', ..] => Self::of_ogg(bytes),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Self::of_webm(bytes),
            _ => Err(NoVoice("The recording is no Opus in Ogg or WebM.".to_owned())),
        }
    }

    /// How long it is, in milliseconds.
    pub(super) fn duration_ms(&self) -> u64 {
        let all: u64 = self.packets.iter().map(|packet| samples(packet)).sum();
        all.saturating_sub(self.skip.into()) * 1_000 / RATE
    }

    fn of_ogg(bytes: &[u8]) -> Result<Self, NoVoice> {
        let mut reader = PacketReader::new(Cursor::new(bytes));
        let mut next = || reader.read_packet().ok().flatten();
        let head = next().ok_or_else(unreadable)?;
        let (channels, skip) = read_head(&head.data).ok_or_else(other_sound)?;
        let serial = head.stream_serial();
        let mut packets = Vec::new();
        // What is cut short is as long as it is.
        while let Some(packet) = next() {
            if packet.stream_serial() != serial || packet.data.is_empty() {
                continue;
            }
            if packets.is_empty() && packet.data.starts_with(b"OpusTags") {
                continue;
            }
            if packets.len() >= PACKETS {
                return Err(NoVoice("The recording is too long.".to_owned()));
            }
            packets.push(packet.data);
        }
        Ok(Self { packets, skip, channels })
    }

    fn of_webm(bytes: &[u8]) -> Result<Self, NoVoice> {
        let mut file = MatroskaFile::open(Cursor::new(bytes)).map_err(|_| unreadable())?;
        let track =
            file.tracks().iter().find(|track| track.codec_id() == "A_OPUS").ok_or_else(other_sound)?;
        let number = track.track_number().get();
        let head = track.codec_private().and_then(read_head);
        let (channels, skip) = head.ok_or_else(other_sound)?;
        let (mut packets, mut frame) = (Vec::new(), Frame::default());
        while let Ok(true) = file.next_frame(&mut frame) {
            if frame.track != number || frame.data.is_empty() {
                continue;
            }
            if packets.len() >= PACKETS {
                return Err(NoVoice("The recording is too long.".to_owned()));
            }
            packets.push(std::mem::take(&mut frame.data));
        }
        Ok(Self { packets, skip, channels })
    }
}

fn unreadable() -> NoVoice {
    NoVoice("The recording cannot be read.".to_owned())
}

fn other_sound() -> NoVoice {
    NoVoice("The recording is no Opus with one or two channels.".to_owned())
}
