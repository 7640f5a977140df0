//! Voice notes: out of whatever a browser records, into what WhatsApp shows as one; how long they are, and how loud.

mod loud;
mod opus;
mod read;
mod write;

use domain::media::MediaFacts;

use read::Sound;

/// Why a recording is no voice note, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoVoice(pub String);

/// A voice note as WhatsApp wants it: Opus in Ogg, one channel, whatever container it came in. The packets stay as they
/// are; only what lies around them is written anew, without the words that a recorder leaves in it.
///
/// # Errors
/// It is no Opus, or cannot be read.
pub fn voice_note(bytes: &[u8]) -> Result<Vec<u8>, NoVoice> {
    let sound = Sound::read(bytes)?;
    if sound.packets.is_empty() {
        return Err(NoVoice("The recording is empty.".to_owned()));
    }
    Ok(write::ogg(&sound))
}

/// How long a sound is and how loud, part by part. Nothing where it is no Opus: whoever plays it finds out.
#[must_use]
pub(crate) fn facts(bytes: &[u8]) -> MediaFacts {
    let Ok(sound) = Sound::read(bytes) else { return MediaFacts::default() };
    MediaFacts {
        duration_ms: Some(sound.duration_ms()),
        waveform: loud::waveform(&sound),
        ..MediaFacts::default()
    }
}

#[cfg(test)]
mod tests {
    use domain::media::WAVEFORM;
    use proptest::prelude::*;

    use super::*;

    const OGG: &[u8] = include_bytes!("../../tests/samples/voice.ogg");
    const WEBM: &[u8] = include_bytes!("../../tests/samples/voice.webm");
    const AAC: &[u8] = include_bytes!("../../tests/samples/voice.m4a");

    #[test]
    fn what_a_browser_records_as_webm_becomes_the_same_sound_in_ogg() {
        let recorded = Sound::read(WEBM).unwrap();
        let note = voice_note(WEBM).unwrap();
        assert!(note.starts_with(b"OggS"));
        let sent = Sound::read(&note).unwrap();
        assert_eq!(sent.packets, recorded.packets, "not a byte of the sound is another");
        assert_eq!((sent.skip, sent.channels), (recorded.skip, 1));
        assert_eq!(facts(&note), facts(WEBM));
    }

    #[test]
    fn a_voice_note_is_two_seconds_long_first_silent_then_louder_and_louder() {
        for sample in [OGG, WEBM] {
            let facts = facts(sample);
            let duration = facts.duration_ms.unwrap();
            assert!((1_950..2_060).contains(&duration), "{duration}");
            assert_eq!(facts.waveform.len(), WAVEFORM);
            assert!(facts.waveform[..28].iter().all(|loud| *loud < 8), "{:?}", facts.waveform);
            assert!(facts.waveform[60] > facts.waveform[48] && facts.waveform[48] > facts.waveform[38]);
            assert_eq!(facts.waveform.iter().max(), Some(&255));
        }
    }

    #[test]
    fn aac_is_no_voice_note_and_the_reason_is_said() {
        let NoVoice(why) = voice_note(AAC).unwrap_err();
        assert!(why.contains("Opus"), "{why}");
    }

    proptest! {
        // Each listens to a whole recording.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_broken_recording_is_refused_or_read_and_breaks_nothing(
            webm: bool, at in 0_usize..4_000, with: Vec<u8>, cut in 0_usize..5_000,
        ) {
            let mut bytes = if webm { WEBM.to_vec() } else { OGG.to_vec() };
            for (place, byte) in bytes.iter_mut().skip(at).zip(&with) {
                *place = *byte;
            }
            bytes.truncate(cut);
            let _ = facts(&bytes);
            if let Ok(note) = voice_note(&bytes) {
                prop_assert!(Sound::read(&note).is_ok(), "what is written can be read");
            }
        }

        #[test]
        fn whatever_packets_a_sound_has_come_out_of_ogg_as_they_went_in(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..900), 1..200), skip: u16,
        ) {
            let sound = Sound { packets, skip, channels: 2 };
            let read = Sound::read(&write::ogg(&sound)).unwrap();
            prop_assert_eq!(read.packets, sound.packets);
            prop_assert_eq!(read.skip, skip);
        }

        #[test]
        fn nothing_at_all_breaks_it(bytes: Vec<u8>) {
            let _ = facts(&bytes);
            let _ = voice_note(&bytes);
        }
    }
}
