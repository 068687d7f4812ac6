//! Building blocks, rendered on the server: plain values in, HTML out. Nothing is loaded here.
//!
//! Every screen is made of these; `pages/components` shows each of them with named examples (sandbox mode only).

pub mod advice;
pub mod agreement_terms;
pub mod begun;
pub mod change_words;
pub mod chart;
pub mod code_word;
pub mod collection_trouble;
pub mod devices;
pub mod disclosure;
pub mod evidence;
pub mod form;
pub mod frame;
pub mod hardship_words;
pub mod have_back;
pub mod holds;
pub mod how_was_this;
pub mod instalment_path;
pub mod kept_change;
pub mod layout;
pub mod loaded;
pub mod mark;
pub mod money;
pub mod notice;
pub mod own_words;
pub mod passkey;
pub mod please_wait;
pub mod proof;
pub mod put_right;
pub mod scripts;
pub mod session_warning;
pub mod signing_form;
pub mod signing_text;
pub mod staff_secrets;
pub mod stop_collection;
pub mod summary;
pub mod table;
pub mod text;
pub mod trouble_page;
