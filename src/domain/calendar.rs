//! Days, rhythms and the days on which nothing falls due.
//!
//! Dates are dates in the customer's own time zone; no instant and no zone appears here.

pub use jiff::civil::Date;
