//! Draws a letter that has been set: ink on pages, the tree for screen readers, title, language and outline.
//!
//! The result is checked by the library against PDF/UA-1 (ISO 14289-1, accessible documents) and PDF/A-2a (ISO 19005-2,
//! documents to be kept) while it is written; a letter that would break either is not made.

#![expect(clippy::float_arithmetic, reason = "lengths on paper; no money is computed here")]

use super::TypesetError;
use super::letter::Letter;
use super::page::{Child, Faces, Ink, Leaf, Mark, Node, Pages, Role, Style};
use super::typeface::Cut;
use crate::words::{locale, td_string};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};
use std::num::NonZeroU16;

const FOOT: Style = Style { cut: Cut::Regular, size: 8.0, leading: 11.0, ink: Ink::Quiet };
const LETTERHEAD_NAME: Style = Style { cut: Cut::Bold, size: 15.0, leading: 18.0, ink: Ink::Deep };
const SIDE_MARGIN: f32 = 62.0;

pub fn paint(letter: &Letter, pages: &Pages, faces: &Faces) -> Result<Vec<u8>, TypesetError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| TypesetError::Refused(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, enable_tagging: true, ..Default::default() });
    let mut identifiers: Vec<Option<Identifier>> = vec![None; pages.leaves];
    for (index, sheet) in pages.sheets.iter().enumerate() {
        let settings = PageSettings::from_wh(pages.width, pages.height).ok_or(TypesetError::Empty)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut brush = Brush { surface: &mut surface, faces };
        brush.skipped(ArtifactType::Header, |brush| {
            if index == 0 { brush.letterhead(letter, pages.width) } else { brush.running_head(letter, pages.width) }
        });
        for mark in sheet {
            brush.mark(mark, &mut identifiers);
        }
        let number = td_string!(locale(letter.language), document.page_of, page = index + 1, pages = pages.sheets.len());
        brush.skipped(ArtifactType::Footer, |brush| brush.footer(letter, pages, &number));
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tag_tree(letter, pages, &identifiers));
    document.set_outline(outline(pages));
    document.set_metadata(metadata(letter));
    document.finish().map_err(|error| TypesetError::Refused(error.to_string()))
}

struct Brush<'a, 'b> {
    surface: &'a mut Surface<'b>,
    faces: &'a Faces,
}

impl Brush<'_, '_> {
    /// Draws what is not to be read.
    fn skipped(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    fn mark(&mut self, mark: &Mark, identifiers: &mut [Option<Identifier>]) {
        match mark {
            Mark::Line { x, baseline, style, text, leaf: Leaf::Read(leaf) } => {
                let drawn = self.faces.of(style.cut).drawable(text);
                // What a screen reader says and a search finds is the text itself, whatever could be drawn of it.
                let spoken = (drawn != *text).then_some(text.as_str());
                let tag = ContentTag::Span(SpanTag::empty().with_actual_text(spoken));
                identifiers[*leaf] = Some(self.surface.start_tagged(tag));
                self.text(*x, *baseline, *style, &drawn);
                self.surface.end_tagged();
            }
            Mark::Line { x, baseline, style, text, leaf: Leaf::Skipped } => {
                let drawn = self.faces.of(style.cut).drawable(text);
                self.skipped(ArtifactType::PaginationOther, |brush| brush.text(*x, *baseline, *style, &drawn));
            }
            Mark::Rule { from, to, y, weight, ink } => {
                self.skipped(ArtifactType::Layout, |brush| brush.rule(*from, *to, *y, *weight, *ink));
            }
            Mark::Dot { x, y, radius } => self.skipped(ArtifactType::Layout, |brush| brush.dot(*x, *y, *radius)),
        }
    }

    fn text(&mut self, x: f32, baseline: f32, style: Style, text: &str) {
        let face = self.faces.of(style.cut);
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(style.ink)));
        let glyphs = face.glyphs(text);
        self.surface.draw_glyphs(Point::from_xy(x, baseline), &glyphs, face.font.clone(), text, style.size, false);
    }

    fn rule(&mut self, from: f32, to: f32, y: f32, weight: f32, ink: Ink) {
        let mut path = PathBuilder::new();
        path.move_to(from, y);
        path.line_to(to, y);
        self.stroke(path, weight, ink);
    }

    fn stroke(&mut self, path: PathBuilder, weight: f32, ink: Ink) {
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: colour(ink).into(),
            width: weight,
            line_cap: LineCap::Round,
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
    }

    fn dot(&mut self, x: f32, y: f32, radius: f32) {
        // A circle from four curves; 0.5523 is the usual factor for a quarter of it.
        let reach = radius * 0.5523;
        let mut path = PathBuilder::new();
        path.move_to(x + radius, y);
        path.cubic_to(x + radius, y + reach, x + reach, y + radius, x, y + radius);
        path.cubic_to(x - reach, y + radius, x - radius, y + reach, x - radius, y);
        path.cubic_to(x - radius, y - reach, x - reach, y - radius, x, y - radius);
        path.cubic_to(x + reach, y - radius, x + radius, y - reach, x + radius, y);
        path.close();
        let Some(path) = path.finish() else { return };
        // A ring of paper around each mark sets it off from the line it lies on.
        self.surface.set_fill(Some(fill(Ink::Deep)));
        self.surface.set_stroke(Some(Stroke { paint: rgb::Color::new(255, 255, 255).into(), width: 1.6, ..Stroke::default() }));
        self.surface.draw_path(&path);
    }

    /// The mark: the waterline, and the shallow curve of a keel beneath it.
    fn keel(&mut self, x: f32, y: f32, width: f32) {
        let mut line = PathBuilder::new();
        line.move_to(x, y);
        line.line_to(x + width, y);
        self.stroke(line, 1.5, Ink::Deep);
        let mut curve = PathBuilder::new();
        let (left, right, depth) = (x + width * 0.16, x + width * 0.84, width * 0.30);
        curve.move_to(left, y + 4.2);
        curve.cubic_to(left + width * 0.16, y + depth, right - width * 0.16, y + depth, right, y + 4.2);
        self.stroke(curve, 1.5, Ink::Deep);
    }

    fn letterhead(&mut self, letter: &Letter, width: f32) {
        self.keel(SIDE_MARGIN, 60.0, 30.0);
        let name = self.faces.bold.drawable(&letter.sender.portal_name);
        self.text(SIDE_MARGIN + 40.0, 67.0, LETTERHEAD_NAME, &name);
        let lines = [&letter.sender.postal_address, &letter.sender.phone, &letter.sender.public_url];
        let mut baseline = 56.0;
        for line in lines {
            for part in self.faces.lines(line, FOOT, 230.0) {
                self.text_to_right(width - SIDE_MARGIN, baseline, &part);
                baseline += FOOT.leading;
            }
        }
    }

    fn running_head(&mut self, letter: &Letter, width: f32) {
        self.keel(SIDE_MARGIN, 46.0, 20.0);
        let name = self.faces.regular.drawable(&letter.sender.portal_name);
        self.text(SIDE_MARGIN + 28.0, 50.0, FOOT, &name);
        self.text_to_right(width - SIDE_MARGIN, 50.0, &letter.title);
    }

    fn footer(&mut self, letter: &Letter, pages: &Pages, number: &str) {
        let y = pages.height - 58.0;
        self.rule(SIDE_MARGIN, pages.width - SIDE_MARGIN, y, 0.5, Ink::Faint);
        let footer = self.faces.regular.drawable(&letter.footer);
        self.text(SIDE_MARGIN, y + 15.0, FOOT, &footer);
        self.text_to_right(pages.width - SIDE_MARGIN, y + 15.0, number);
    }

    fn text_to_right(&mut self, right: f32, baseline: f32, text: &str) {
        let drawn = self.faces.regular.drawable(text);
        let x = right - self.faces.width(&drawn, FOOT);
        self.text(x, baseline, FOOT, &drawn);
    }
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        // Deep sea on white paper: 13:1. Quiet: 6.9:1. Faint is for lines only.
        Ink::Deep => rgb::Color::new(0x0f, 0x2e, 0x3d),
        Ink::Quiet => rgb::Color::new(0x45, 0x5f, 0x6b),
        Ink::Faint => rgb::Color::new(0xc3, 0xcf, 0xd4),
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}

fn tag_tree(letter: &Letter, pages: &Pages, identifiers: &[Option<Identifier>]) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(letter.language.tag().to_owned()));
    for root in &pages.roots {
        tree.push(group(*root, &pages.nodes, identifiers));
    }
    tree
}

fn group(index: usize, nodes: &[Node], identifiers: &[Option<Identifier>]) -> TagGroup {
    let node = &nodes[index];
    let mut group = TagGroup::new(kind(&node.role));
    for child in &node.children {
        match child {
            Child::Node(child) => group.push(self::group(*child, nodes, identifiers)),
            Child::Leaf(leaf) => {
                if let Some(identifier) = identifiers[*leaf] {
                    group.push(identifier);
                }
            }
        }
    }
    group
}

fn kind(role: &Role) -> TagKind {
    let second = NonZeroU16::MIN.saturating_add(1);
    match role {
        Role::Title(text) => Tag::Hn(NonZeroU16::MIN, Some(text.clone())).into(),
        Role::Heading(text) => Tag::Hn(second, Some(text.clone())).into(),
        Role::Paragraph => Tag::P.into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
        Role::ItemBody => Tag::LBody.into(),
        Role::Table(summary) => Tag::Table.with_summary((!summary.is_empty()).then(|| summary.clone())).into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}

fn outline(pages: &Pages) -> Outline {
    let mut outline = Outline::new();
    for (heading, page, y) in &pages.headings {
        outline.push_child(OutlineNode::new(heading.clone(), XyzDestination::new(*page, Point::from_xy(0.0, *y))));
    }
    outline
}

fn metadata(letter: &Letter) -> Metadata {
    let at = &letter.issued_at;
    let seconds = at.offset().seconds();
    let part = |value: i8| value.unsigned_abs();
    let date = DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(i8::try_from(seconds / 3600).unwrap_or(0))
        .utc_offset_minute(u8::try_from((seconds.abs() % 3600) / 60).unwrap_or(0));
    Metadata::new()
        .title(letter.title.clone())
        .language(letter.language.tag().to_owned())
        .authors(vec![letter.sender.portal_name.clone()])
        .producer("Evenkeel".to_owned())
        .creation_date(date)
        .document_id(letter.document_id.clone())
}
