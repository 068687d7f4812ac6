//! Where an agreement is in its life. Computed from what was paid, decided by the creditor taking an account back, never typed in;
//! `services::endings` is the one way in which it ends.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgreementState {
    Active,
    /// Everything in it is paid, or nothing is owed any more.
    Completed,
    /// It was not put right in time.
    Broken,
    /// Ended before it was over, through nothing that was paid or not paid.
    Cancelled,
}

impl AgreementState {
    pub const ALL: [AgreementState; 4] =
        [AgreementState::Active, AgreementState::Completed, AgreementState::Broken, AgreementState::Cancelled];

    pub fn code(self) -> &'static str {
        match self {
            AgreementState::Active => "active",
            AgreementState::Completed => "completed",
            AgreementState::Broken => "broken",
            AgreementState::Cancelled => "cancelled",
        }
    }

    pub fn from_code(code: &str) -> Option<AgreementState> {
        AgreementState::ALL.into_iter().find(|state| state.code() == code)
    }
}
