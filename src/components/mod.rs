//! Building blocks, rendered on the server: plain values in, HTML out. Nothing is loaded here.

pub mod session_warning;
pub mod trouble_page;
