//! The pictures of the shop, drawn by our own code: parametric SVG, rendered to PNG when somebody first asks.

mod colour;
mod motifs;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

pub(crate) use colour::{COLOURS, Colour};
pub(crate) use motifs::Motif;

/// Side of a picture in pixels.
const SIDE: u32 = 900;

/// A picture as a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Drawing {
    pub(crate) motif: Motif,
    pub(crate) colour: Colour,
    /// Proportion in percent: 100 is the usual size of the thing.
    pub(crate) size: u16,
    /// 1 is the main picture, later ones show it otherwise.
    pub(crate) view: u8,
}

static DRAWN: LazyLock<Mutex<HashMap<Drawing, Arc<[u8]>>>> = LazyLock::new(Mutex::default);

impl Drawing {
    /// The PNG file; drawn once per process.
    pub(crate) fn png(self) -> Arc<[u8]> {
        if let Some(done) = DRAWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&self)
        {
            return Arc::clone(done);
        }
        // A recipe that cannot be drawn gives an empty file; a test draws them all.
        let bytes: Arc<[u8]> = self.render(SIDE).unwrap_or_default().into();
        DRAWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(self, Arc::clone(&bytes));
        bytes
    }

    fn render(self, side: u32) -> Option<Vec<u8>> {
        let tree = Tree::from_str(&self.svg(), &Options::default()).ok()?;
        let mut pixmap = Pixmap::new(side, side)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a side of some hundred pixels is exact"
        )]
        let scale = side as f32 / 900.0;
        resvg::render(
            &tree,
            Transform::from_scale(scale, scale),
            &mut pixmap.as_mut(),
        );
        pixmap.encode_png().ok()
    }

    /// The scene: a calm studio, the thing, its shadow.
    pub(crate) fn svg(self) -> String {
        motifs::scene(self)
    }
}

#[cfg(test)]
mod tests {
    use super::colour::COLOURS;
    use super::*;

    fn drawing(motif: Motif, index: usize, view: u8) -> Drawing {
        Drawing {
            motif,
            colour: COLOURS[index * 5 % COLOURS.len()],
            size: 100,
            view,
        }
    }

    #[test]
    fn every_motif_can_be_drawn_and_stays_small() {
        for (index, motif) in Motif::ALL.iter().enumerate() {
            let png = drawing(*motif, index, 1).png();
            assert!(png.starts_with(b"\x89PNG"), "{motif:?}");
            assert!(png.len() < 300_000, "{motif:?}: {} bytes", png.len());
        }
    }
}
