//! Opus packets into Ogg. See [RFC 7845].

use ogg::{PacketWriteEndInfo, PacketWriter};

use super::opus::{RATE, head, samples, tags};
use super::read::Sound;

/// The stream's number. There is one stream in the file.
const SERIAL: u32 = 1;

pub(super) fn ogg(sound: &Sound) -> Vec<u8> {
    let mut writer = PacketWriter::new(Vec::new());
    let mut put = |packet: Vec<u8>, end, at| {
        // Writing into memory does not fail.
        let _ = writer.write_packet(packet, SERIAL, end, at);
    };
    // Head and tags each have pages of their own.
    put(head(sound.skip), PacketWriteEndInfo::EndPage, 0);
    put(tags(), PacketWriteEndInfo::EndPage, 0);
    let (mut at, mut page) = (0, 0);
    for (index, packet) in sound.packets.iter().enumerate() {
        at += samples(packet);
        let end = if index + 1 == sound.packets.len() {
            PacketWriteEndInfo::EndStream
        } else if at - page >= RATE {
            // A page a second, so that a player can jump.
            page = at;
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        put(packet.clone(), end, at);
    }
    writer.into_inner()
}
