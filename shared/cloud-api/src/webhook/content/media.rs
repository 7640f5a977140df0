//! Files and places.

use crate::ids::MediaId;

wire! {
    /// A file. Its id lives for 7 days and its URL for 5 minutes: copy it soon.
    #[derive(PartialEq, Eq)]
    pub struct Media {
        /// Look the file up by this.
        pub id: MediaId,
        /// As the sender declared it.
        pub mime_type: Option<String>,
        /// Base64 here, hex in some answers of the media endpoint.
        pub sha256: Option<String>,
        /// Direct link; needs our token.
        pub url: Option<String>,
        /// Text under the file; on images, videos and documents.
        pub caption: Option<String>,
        /// On documents.
        pub filename: Option<String>,
        /// On audio: recorded in the chat.
        pub voice: Option<bool>,
        /// On stickers.
        pub animated: Option<bool>,
    }

    /// A place.
    #[derive(PartialEq)]
    pub struct Location {
        /// Degrees.
        pub latitude: f64,
        /// Degrees.
        pub longitude: f64,
        /// Name of the place.
        pub name: Option<String>,
        /// Its address.
        pub address: Option<String>,
        /// A link the sender attached.
        pub url: Option<String>,
    }
}
