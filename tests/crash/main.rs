//! The real program while the machine under it breaks: the disk is full, the database goes away, the processor charges and does not
//! answer, the clock jumps, two hundred clients come at once, and one of two servers is killed. After each, the books balance, the
//! processor's equal ours by `evenkeel reconcile`, and every success has its receipt.
//!
//! What happens when is decided by a seed, which is printed; `EVENKEEL_SEED` plays one again, `EVENKEEL_LONG` plays ten.

#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../money/portal.rs"]
mod portal;
#[path = "../support/stripe/mod.rs"]
mod stripe;
#[path = "../support/mod.rs"]
mod support;

mod chance;
mod clock;
mod crowd;
mod database;
mod disk;
mod lost_answers;
mod server;
