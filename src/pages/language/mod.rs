//! No screen of its own: every screen lets its reader choose the language, and comes back.

pub mod actions;
