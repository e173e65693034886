//! From an untrusted file to pictures of our own: known formats only, bounded in size, re-encoded.

use std::{
    fs::File,
    io::{BufReader, Seek},
};

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    error::{LimitError, LimitErrorKind},
    imageops::FilterType,
    metadata::Orientation,
};

/// Widths in pixels in which the shop serves pictures.
pub const WIDTHS: [u32; 4] = [160, 320, 640, 1280];
/// The longest side that is decoded.
const LONGEST_SIDE: u32 = 12_000;
/// Memory that decoding may take, in bytes.
const MEMORY: u64 = 192 * 1024 * 1024;
const QUALITY: f32 = 80.0;
const FORMATS: [ImageFormat; 4] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::Gif,
    ImageFormat::WebP,
];

/// Why a file gives no picture. For operators.
#[derive(Debug, thiserror::Error)]
pub enum ResizeError {
    /// It is none of the formats taken.
    #[error("not a JPEG, PNG, GIF or WebP file")]
    Format,
    /// It cannot be decoded within the limits.
    #[error("the file cannot be decoded: {0}")]
    Decode(#[from] ImageError),
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It cannot be encoded.
    #[error("the picture cannot be encoded")]
    Encode,
}

/// A picture in our sizes.
#[derive(Debug)]
pub struct Resized {
    /// Width over height in thousandths.
    pub aspect: u32,
    /// By the width under which each is served: its WebP file. The widest may be narrower than its name, never enlarged.
    pub sizes: Vec<(u32, Vec<u8>)>,
}

/// Decodes, turns upright and resizes. Takes long: call it where blocking is allowed.
pub fn resize(mut file: File) -> Result<Resized, ResizeError> {
    file.rewind()?;
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format()?;
    if !reader
        .format()
        .is_some_and(|format| FORMATS.contains(&format))
    {
        return Err(ResizeError::Format);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    // `into_decoder` looks at the sides only. Turning takes a second one of the same size.
    let copies = if orientation == Orientation::NoTransforms {
        1
    } else {
        2
    };
    if decoder.total_bytes().saturating_mul(copies) > MEMORY {
        let kind = LimitErrorKind::InsufficientMemory;
        return Err(ImageError::Limits(LimitError::from_kind(kind)).into());
    }
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    let (width, height) = (picture.width().max(1), picture.height().max(1));
    let aspect = u32::try_from(u64::from(width) * 1000 / u64::from(height))
        .unwrap_or(u32::MAX)
        .max(1);
    let mut sizes = Vec::new();
    for name in WIDTHS {
        let to_width = name.min(width);
        let to_height = u32::try_from(u64::from(to_width) * u64::from(height) / u64::from(width))
            .unwrap_or(1)
            .max(1);
        let smaller = if to_width == width {
            picture.clone()
        } else {
            picture.resize_exact(to_width, to_height, FilterType::CatmullRom)
        };
        sizes.push((name, encode(&smaller)?));
        if name >= width {
            break;
        }
    }
    Ok(Resized { aspect, sizes })
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, ResizeError> {
    let (width, height) = (picture.width(), picture.height());
    let encoded = if picture.color().has_alpha() {
        let pixels = picture.to_rgba8();
        webp::Encoder::from_rgba(&pixels, width, height).encode_simple(false, QUALITY)
    } else {
        let pixels = picture.to_rgb8();
        webp::Encoder::from_rgb(&pixels, width, height).encode_simple(false, QUALITY)
    };
    encoded
        .map(|memory| memory.to_vec())
        .map_err(|_| ResizeError::Encode)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn pictures_come_in_our_widths_and_are_never_enlarged() {
        for (width, height, aspect, expected) in [
            (
                2000,
                1000,
                2000,
                vec![(160, 160), (320, 320), (640, 640), (1280, 1280)],
            ),
            (500, 1000, 500, vec![(160, 160), (320, 320), (640, 500)]),
            (160, 160, 1000, vec![(160, 160)]),
            (3, 1, 3000, vec![(160, 3)]),
        ] {
            let resized = resize(file(&png(width, height))).unwrap();
            let widths: Vec<_> = resized
                .sizes
                .iter()
                .map(|(name, webp)| {
                    (
                        *name,
                        image::load_from_memory_with_format(webp, ImageFormat::WebP)
                            .unwrap()
                            .width(),
                    )
                })
                .collect();
            assert_eq!(
                (resized.aspect, widths),
                (aspect, expected),
                "{width}x{height}"
            );
        }
    }

    #[test]
    fn other_files_are_refused() {
        let whole = png(400, 300);
        assert!(matches!(resize(file(b"")), Err(ResizeError::Format)));
        assert!(matches!(
            resize(file(b"<svg onload='alert(1)'/>")),
            Err(ResizeError::Format)
        ));
        assert!(matches!(resize(file(b"<html>")), Err(ResizeError::Format)));
        assert!(matches!(
            resize(file(&whole[..100])),
            Err(ResizeError::Decode(_))
        ));
    }

    /// A PNG whose header says another size, with eight or sixteen bits for each of four colours, and the right checksum.
    fn said_to_be(side: u32, bits: u8) -> Vec<u8> {
        let mut png = png(400, 300);
        png[16..20].copy_from_slice(&side.to_be_bytes());
        png[20..24].copy_from_slice(&side.to_be_bytes());
        png[24..26].copy_from_slice(&[bits, 6]);
        let crc = png[12..29].iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
            })
        });
        png[29..33].copy_from_slice(&(!crc).to_be_bytes());
        png
    }

    #[test]
    fn the_size_in_the_header_is_believed_enough_to_be_refused() {
        for (side, bits) in [(12_001, 8), (12_000, 16), (12_000, 8), (7_100, 8)] {
            let refused = resize(file(&said_to_be(side, bits)));
            assert!(
                matches!(&refused, Err(ResizeError::Decode(ImageError::Limits(_)))),
                "{side} {bits}: {refused:?}"
            );
        }
        // One that fits is read, and is then found not to hold what it says.
        let broken = resize(file(&said_to_be(7_000, 8)));
        assert!(
            matches!(&broken, Err(ResizeError::Decode(error)) if !matches!(error, ImageError::Limits(_))),
            "{broken:?}"
        );
    }
}
