//! From an untrusted file to pictures of our own: known formats only, bounded in size, re-encoded.

use std::{
    fs::File,
    io::{BufReader, Seek},
};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};

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
    Decode(#[from] image::ImageError),
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
        // The size in the header is believed enough to be refused.
        let mut huge = whole;
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(matches!(resize(file(&huge)), Err(ResizeError::Decode(_))));
    }
}
