//! Named places where the process dies on request, so that tests can show what survives. Honoured in sandbox mode only
//! (`sandbox.crash_at`, environment `EVENKEEL_SANDBOX_CRASH_AT`).

use super::config::Config;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// The payment is recorded; the processor has not been asked.
    AfterAttemptRecorded,
    /// The processor has answered; its answer is not recorded.
    AfterProcessorAsked,
    /// The answer is recorded; the customer has not been sent on.
    AfterAnswerRecorded,
    /// A webhook has come and is genuine; nothing of it is recorded.
    BeforeReportApplied,
    /// Everything a report changes is written, and not committed.
    BeforeReportCommitted,
    /// It is committed; the processor has not been told that we have it.
    AfterReportCommitted,
    /// A permission to collect is recorded; the processor has not been asked.
    AfterMandateRecorded,
    /// The processor has answered about the permission; its answer is not recorded.
    AfterMandateAsked,
    /// The collection of an instalment is recorded; the processor has not been asked.
    AfterCollectionRecorded,
    /// The processor has answered a collection; its answer is not recorded.
    AfterCollectionAsked,
    /// A refund is recorded; the processor has not been asked.
    AfterRefundRecorded,
    /// The processor has answered a refund; its answer is not recorded.
    AfterRefundAsked,
    /// Everything that money which went back changes is written, and not committed.
    BeforeReversalCommitted,
}

impl CrashPoint {
    pub const ALL: [CrashPoint; 13] = [
        CrashPoint::AfterAttemptRecorded,
        CrashPoint::AfterProcessorAsked,
        CrashPoint::AfterAnswerRecorded,
        CrashPoint::BeforeReportApplied,
        CrashPoint::BeforeReportCommitted,
        CrashPoint::AfterReportCommitted,
        CrashPoint::AfterMandateRecorded,
        CrashPoint::AfterMandateAsked,
        CrashPoint::AfterCollectionRecorded,
        CrashPoint::AfterCollectionAsked,
        CrashPoint::AfterRefundRecorded,
        CrashPoint::AfterRefundAsked,
        CrashPoint::BeforeReversalCommitted,
    ];
    /// Those a payment passes that its customer makes.
    pub const OF_A_PAYMENT: [CrashPoint; 6] = [
        CrashPoint::AfterAttemptRecorded,
        CrashPoint::AfterProcessorAsked,
        CrashPoint::AfterAnswerRecorded,
        CrashPoint::BeforeReportApplied,
        CrashPoint::BeforeReportCommitted,
        CrashPoint::AfterReportCommitted,
    ];
    /// Those a refund passes.
    pub const OF_A_REFUND: [CrashPoint; 3] =
        [CrashPoint::AfterRefundRecorded, CrashPoint::AfterRefundAsked, CrashPoint::BeforeReversalCommitted];

    pub fn name(self) -> &'static str {
        match self {
            CrashPoint::AfterAttemptRecorded => "after_attempt_recorded",
            CrashPoint::AfterProcessorAsked => "after_processor_asked",
            CrashPoint::AfterAnswerRecorded => "after_answer_recorded",
            CrashPoint::BeforeReportApplied => "before_report_applied",
            CrashPoint::BeforeReportCommitted => "before_report_committed",
            CrashPoint::AfterReportCommitted => "after_report_committed",
            CrashPoint::AfterMandateRecorded => "after_mandate_recorded",
            CrashPoint::AfterMandateAsked => "after_mandate_asked",
            CrashPoint::AfterCollectionRecorded => "after_collection_recorded",
            CrashPoint::AfterCollectionAsked => "after_collection_asked",
            CrashPoint::AfterRefundRecorded => "after_refund_recorded",
            CrashPoint::AfterRefundAsked => "after_refund_asked",
            CrashPoint::BeforeReversalCommitted => "before_reversal_committed",
        }
    }

    pub fn from_name(name: &str) -> Option<CrashPoint> {
        CrashPoint::ALL.into_iter().find(|point| point.name() == name)
    }
}

/// Dies here, without a word to anyone and without finishing anything, if the settings say so.
pub fn pass(config: &Config, point: CrashPoint) {
    if config.crash_at == Some(point) {
        std::process::abort();
    }
}
