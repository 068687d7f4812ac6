//! The sandbox's carrier: it takes every message and keeps none. The outbox says that it did, and the sandbox's page shows them.

use super::{OutgoingText, TextSender};
use crate::server::notify::Carried;
use async_trait::async_trait;

pub struct SandboxTexts;

#[async_trait]
impl TextSender for SandboxTexts {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn send(&self, _: OutgoingText<'_>) -> Carried {
        Carried::Accepted
    }
}
