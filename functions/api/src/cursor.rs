//! Cursors: opaque to clients, versioned for us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// What stands in a cursor: the version, the list that it belongs to, and the place in it.
#[derive(Serialize, Deserialize)]
struct Cursor<P>(u8, String, P);

const VERSION: u8 = 1;

/// Writes the place in a list.
pub(crate) fn write<P: Serialize>(list: &str, place: P) -> String {
    // Texts and numbers only: nothing in it can fail to be written.
    let json = serde_json::to_vec(&Cursor(VERSION, list.to_owned(), place)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(json)
}

/// Reads a cursor of a list.
pub(crate) fn read<P: DeserializeOwned>(list: &str, text: &str) -> Result<P, Problem> {
    let malformed = || Problem::field("cursor", "is not one that this list gave out");
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
    let Cursor(version, of, place) = serde_json::from_slice(&json).map_err(|_| malformed())?;
    if version == VERSION && of == list { Ok(place) } else { Err(malformed()) }
}

/// Reads a cursor whose place is a time and a name, as sort keys have them.
pub(crate) fn read_key(list: &str, text: &str) -> Result<String, Problem> {
    let place: String = read(list, text)?;
    let plain =
        |part: &str| (1..=64).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_key = place.split_once('#').is_some_and(|(time, name)| plain(time) && plain(name));
    if is_key { Ok(place) } else { Err(Problem::field("cursor", "is not one that this list gave out")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_given_out() {
        let cursor = write("conversations", (1_795_392_000_123_i64, "900.01K"));
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        let place: (i64, String) = read("conversations", &cursor).unwrap();
        assert_eq!(place, (1_795_392_000_123, "900.01K".to_owned()));
    }

    #[test]
    fn a_cursor_of_another_list_or_version_or_made_up_is_refused_by_name() {
        let forged = URL_SAFE_NO_PAD.encode(r#"[2,"events","0#a"]"#);
        for text in ["", "x", "%%%", &write("contacts", "01K"), &forged, &write("events", 5)] {
            assert_eq!(
                read::<String>("events", text).unwrap_err().field.as_deref(),
                Some("cursor"),
                "{text}"
            );
        }
        for place in ["", "#", "1", "1#", "1#a#b", "1#~"] {
            assert!(read_key("events", &write("events", place)).is_err(), "{place}");
        }
        assert_eq!(read_key("events", &write("events", "0001#ab")).unwrap(), "0001#ab");
    }
}
