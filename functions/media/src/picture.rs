//! Small pictures of pictures.

use std::io::Cursor;

use domain::media::MediaFacts;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

/// The longer side of a small picture, in pixels: twice what a conversation shows.
const SMALL: u32 = 480;
/// The longest side of a picture that is decoded.
const LONGEST: u32 = 12_000;
/// The most memory that decoding may take. A picture that needs more has no small one; it can be seen all the same.
const MEMORY: u64 = 160 << 20;

/// The size of a picture, and a small one of it as JPEG. Nothing where it cannot be decoded.
pub(crate) fn look(bytes: &[u8]) -> (MediaFacts, Option<Vec<u8>>) {
    let Some(picture) = decoded(bytes) else { return (MediaFacts::default(), None) };
    let small = picture.thumbnail(SMALL.min(picture.width()), SMALL.min(picture.height()));
    let mut jpeg = Vec::new();
    let written = JpegEncoder::new_with_quality(&mut jpeg, 75).encode_image(&on_white(&small));
    let facts = MediaFacts {
        width: Some(picture.width()),
        height: Some(picture.height()),
        thumbnail: written.is_ok(),
        ..MediaFacts::default()
    };
    (facts, written.is_ok().then_some(jpeg))
}

fn decoded(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    // A camera notes how it was held.
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    Some(picture)
}

/// JPEG knows nothing to look through.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over = |colour: u8| {
            let mixed = (u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const JPEG: &[u8] = include_bytes!("../tests/samples/picture.jpg");
    const PNG: &[u8] = include_bytes!("../tests/samples/picture.png");

    #[test]
    fn a_picture_has_a_small_one_of_the_same_form() {
        for (bytes, size, small_size) in [(JPEG, (640, 400), (480, 300)), (PNG, (500, 1_000), (240, 480))] {
            let (facts, small) = look(bytes);
            assert_eq!((facts.width.unwrap(), facts.height.unwrap()), size);
            let small = image::load_from_memory(&small.unwrap()).unwrap();
            assert_eq!((small.width(), small.height()), small_size);
        }
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_not_decoded() {
        let mut bomb = PNG.to_vec();
        // Width and height stand behind the first chunk's name.
        bomb[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        assert_eq!(look(&bomb), (MediaFacts::default(), None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_broken_picture_breaks_nothing(at in 0_usize..4_000, with: Vec<u8>, cut in 0_usize..12_000, png: bool) {
            let mut bytes = if png { PNG.to_vec() } else { JPEG.to_vec() };
            for (place, byte) in bytes.iter_mut().skip(at).zip(&with) {
                *place = *byte;
            }
            bytes.truncate(cut);
            let _ = look(&bytes);
        }
    }
}
