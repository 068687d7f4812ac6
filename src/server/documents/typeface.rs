//! The two cuts of the letter's typeface and how wide words are in them.
//!
//! Atkinson Hyperlegible (Braille Institute, OFL) was drawn so that people who see poorly do not mistake one letter for
//! another. Both cuts are part of the program and are embedded into every document.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

static REGULAR: &[u8] = include_bytes!("../../../letters/fonts/AtkinsonHyperlegible-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../letters/fonts/AtkinsonHyperlegible-Bold.ttf");

/// What stands where the typeface has no letter of its own; the letter itself stays in the document's text.
const STAND_IN: char = '?';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    Regular,
    Bold,
}

/// One cut, ready to measure and to draw with. Lengths are in ems.
pub struct Typeface {
    pub font: Font,
    outlines: FontRef<'static>,
}

/// The program was built with a typeface that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the typeface that is part of this program cannot be read")]
pub struct UnreadableTypeface;

impl Typeface {
    pub fn load(cut: Cut) -> Result<Typeface, UnreadableTypeface> {
        let bytes = match cut {
            Cut::Regular => REGULAR,
            Cut::Bold => BOLD,
        };
        let font = Font::new(bytes.into(), 0).ok_or(UnreadableTypeface)?;
        let outlines = FontRef::new(bytes).map_err(|_| UnreadableTypeface)?;
        Ok(Typeface { font, outlines })
    }

    /// The glyphs of one line, placed after one another.
    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let charmap = self.outlines.charmap();
        text.char_indices()
            .map(|(start, letter)| {
                let id = charmap.map(letter).map_or(0, |glyph| glyph.to_u32());
                let advance = self.advance(letter);
                KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, start..start + letter.len_utf8(), None)
            })
            .collect()
    }

    /// The width of a line in ems.
    pub fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    /// The text with only letters this typeface can draw: accents it lacks are dropped, whole scripts it lacks become
    /// [`STAND_IN`], control characters become spaces.
    pub fn drawable(&self, text: &str) -> String {
        use unicode_normalization::UnicodeNormalization;
        use unicode_normalization::char::is_combining_mark;
        let charmap = self.outlines.charmap();
        let has = |letter: char| charmap.map(letter).is_some_and(|glyph| glyph.to_u32() != 0);
        let mut drawn = String::with_capacity(text.len());
        for letter in text.nfc() {
            if letter.is_control() {
                drawn.push(' ');
            } else if has(letter) {
                drawn.push(letter);
            } else {
                let base: String = std::iter::once(letter).nfd().filter(|part| !is_combining_mark(*part) && has(*part)).collect();
                if base.is_empty() { drawn.push(STAND_IN) } else { drawn.push_str(&base) }
            }
        }
        drawn
    }

    fn advance(&self, letter: char) -> f32 {
        let glyph = self.outlines.charmap().map(letter).unwrap_or_default();
        let metrics = self.outlines.glyph_metrics(Size::new(1.0), LocationRef::default());
        metrics.advance_width(glyph).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_can_be_set() {
        let face = Typeface::load(Cut::Bold).expect("the typeface");
        assert_eq!(face.drawable("Łucja Nuñez"), "Łucja Nuñez");
        assert_eq!(face.drawable("Nguyễn"), "Nguyen");
        assert_eq!(face.drawable("李明"), "??");
        assert_eq!(face.drawable("a\tb"), "a b");
    }
}
