//! What of a PDF is kept. The catalogue, pages, forms and notes on pages keep what shows them, by name; what runs, leads elsewhere
//! or is attached is gone, wherever it stands; of everything else goes what only tells of its making.

use super::syntax::{Dict, Object};

const CATALOGUE: [&[u8]; 7] = [b"Type", b"Pages", b"AcroForm", b"OCProperties", b"StructTreeRoot", b"MarkInfo", b"Lang"];
const PAGES: [&[u8]; 9] = [b"Type", b"Parent", b"Kids", b"Count", b"MediaBox", b"CropBox", b"Rotate", b"Resources", b"UserUnit"];
const PAGE: [&[u8]; 15] = [
    b"Type",
    b"Parent",
    b"MediaBox",
    b"CropBox",
    b"BleedBox",
    b"TrimBox",
    b"ArtBox",
    b"Rotate",
    b"Resources",
    b"Contents",
    b"Annots",
    b"Group",
    b"UserUnit",
    b"StructParents",
    b"Tabs",
];
/// Notes and fields that are part of what a page shows. Links, sounds, films, attached files and three dimensions are not.
const NOTES: [&[u8]; 14] = [
    b"Widget",
    b"FreeText",
    b"Text",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Stamp",
    b"Ink",
];
/// What shows a note: not who wrote it and when, nor what it does.
const NOTE: [&[u8]; 38] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"AP",
    b"AS",
    b"F",
    b"C",
    b"IC",
    b"Border",
    b"BS",
    b"BE",
    b"Contents",
    b"P",
    b"Parent",
    b"Kids",
    b"FT",
    b"Ff",
    b"V",
    b"DV",
    b"DA",
    b"DS",
    b"Q",
    b"MK",
    b"QuadPoints",
    b"InkList",
    b"L",
    b"LE",
    b"Vertices",
    b"CL",
    b"IT",
    b"RD",
    b"StructParent",
    b"OC",
    b"CA",
    b"MaxLen",
    b"Opt",
    b"I",
    b"TI",
];
/// Things that are not shown, by their type.
const GONE_TYPES: [&[u8]; 12] = [
    b"Metadata",
    b"EmbeddedFile",
    b"Filespec",
    b"F",
    b"Action",
    b"ObjStm",
    b"XRef",
    b"Sig",
    b"DocTimeStamp",
    b"Outlines",
    b"Thread",
    b"CollectionItem",
];
/// What does something (ISO 32000-2, 12.6.4), by its kind.
const ACTIONS: [&[u8]; 19] = [
    b"GoToR",
    b"GoToE",
    b"GoToDp",
    b"Launch",
    b"Thread",
    b"URI",
    b"Sound",
    b"Movie",
    b"Hide",
    b"Named",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"SetOCGState",
    b"Rendition",
    b"GoTo3DView",
    b"JavaScript",
    b"RichMediaExecute",
    b"GoTo",
];
/// Never shown, whatever it is part of.
const NEVER: [&[u8]; 15] = [
    b"Metadata",
    b"PieceInfo",
    b"LastModified",
    b"JavaScript",
    b"EmbeddedFiles",
    b"OpenAction",
    b"XFA",
    b"OPI",
    b"CreatorInfo",
    b"Creator",
    b"Producer",
    b"Author",
    b"CreationDate",
    b"ModDate",
    b"SpiderInfo",
];

/// What is kept of the object the file begins with.
pub(super) fn catalogue(object: Object) -> Option<Dict> {
    match object {
        Object::Dict(dict) if dict.name(b"Type") == Some(b"Catalog") => Some(keep(dict, &CATALOGUE)),
        _ => None,
    }
}

/// What is kept of any other object; a thing that goes leaves nothing in its place.
pub(super) fn kept(object: Object) -> Object {
    match object {
        Object::Dict(dict) => dictionary(dict).map_or(Object::Null, Object::Dict),
        Object::Array(values) => Object::Array(values.into_iter().map(kept).collect()),
        plain => plain,
    }
}

/// What is kept of a stream's dictionary: `None` if the stream goes. Where its data are and how long is written anew.
pub(super) fn stream(dict: Dict) -> Option<Dict> {
    // Data in another file.
    if dict.get(b"F").is_some() {
        return None;
    }
    let mut dict = dictionary(dict)?;
    dict.0.retain(|(key, _)| ![&b"Length"[..], b"FFilter", b"FDecodeParms", b"DL"].contains(&&**key));
    Some(dict)
}

fn dictionary(dict: Dict) -> Option<Dict> {
    let kind = dict.name(b"Type").unwrap_or_default();
    let is_attached = dict.get(b"EF").is_some() && (dict.get(b"F").is_some() || dict.get(b"UF").is_some());
    if GONE_TYPES.contains(&kind) || is_attached || dict.name(b"S").is_some_and(|kind| ACTIONS.contains(&kind)) {
        return None;
    }
    match kind {
        b"Catalog" => return Some(keep(dict, &CATALOGUE)),
        b"Pages" => return Some(keep(dict, &PAGES)),
        b"Page" => return Some(keep(dict, &PAGE)),
        _ => {}
    }
    match dict.name(b"Subtype") {
        Some(note) if dict.get(b"Rect").is_some() && NOTES.contains(&note) => {
            // A field is known by its name; of a note this is who wrote it.
            let is_field = note == b"Widget";
            let name = dict.get(b"T").filter(|_| is_field).cloned();
            let mut note = keep(dict, &NOTE);
            note.0.extend(name.map(|name| (Box::from(&b"T"[..]), kept(name))));
            Some(note)
        }
        Some(_) if dict.get(b"Rect").is_some() => None,
        _ => {
            let parts = dict.0.into_iter().filter(|(key, _)| !NEVER.contains(&&**key));
            Some(Dict(parts.map(|(key, value)| (key, kept(value))).collect()))
        }
    }
}

fn keep(dict: Dict, names: &[&[u8]]) -> Dict {
    let parts = dict.0.into_iter().filter(|(key, _)| names.contains(&&**key));
    Dict(parts.map(|(key, value)| (key, kept(value))).collect())
}
