//! Every address as a function; no path is written anywhere else.

pub const HOME: &str = "/";
