//! What can be wrong with a row, said so that it can be put right.
//!
//! These words are for the operator who loads files, on a terminal and in the rejects file; customers never see them.

use std::fmt;

/// One fault of one row. Its value may be personal: it goes to the rejects file and to a terminal, never to a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The creditor's name for the column, or the field's name where it is a constant or concerns the whole row.
    pub column: String,
    pub value: String,
    pub reason: Reason,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: {}", self.line, self.column, self.reason.code())
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $({ $($field:ident : $type:ty),+ })? => $code:literal, $why:literal, $fix:literal;)+) => {
        /// Why a row is refused.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Reason { $($(#[$doc])* $variant $({ $($field: $type),+ })?),+ }

        impl Reason {
            /// A word for programs; never changes.
            pub fn code(&self) -> &'static str {
                match self { $(Reason::$variant $({ $($field: _),+ })? => $code),+ }
            }

            /// What is wrong.
            pub fn why(&self) -> String {
                match self { $(Reason::$variant $({ $($field),+ })? => { $($(let _ = $field;)+)? format!($why) }),+ }
            }

            /// How to put it right.
            pub fn fix(&self) -> String {
                match self { $(Reason::$variant $({ $($field),+ })? => { $($(let _ = $field;)+)? format!($fix) }),+ }
            }
        }
    };
}

reasons! {
    RowCutShort { found: usize, expected: usize } => "row_cut_short",
        "the row has {found} columns where the file has {expected}", "Send the whole row; look for a missing quote or a broken export";
    RowTooWide { found: usize, expected: usize } => "row_too_wide",
        "the row has {found} columns where the file has {expected}", "Put values that contain the delimiter in quotes";
    Missing => "missing", "nothing is there and it is needed", "Fill it in";
    TooLong { most: usize } => "too_long", "it is longer than {most} characters", "Shorten it to {most} characters";
    ControlCharacters => "control_characters", "it contains characters that cannot be seen", "Delete the invisible characters";
    NotInEncoding { encoding: &'static str } => "not_in_encoding",
        "it contains bytes that are not {encoding}", "Say the file's real encoding in the mapping, [file] encoding";
    SpreadsheetFormula => "spreadsheet_formula",
        "it begins like a spreadsheet formula", "Remove the leading = + - or @";
    Markup => "markup", "it contains < or >", "Remove the markup";
    NoPieces { pattern: String } => "not_as_pattern",
        "it is not written like {pattern}", "Write it like {pattern}, or change the pattern in the mapping";
    NoLetters => "no_letters", "it has no letter or digit", "Send the account's own reference";
    NotANumber => "not_a_number",
        "it is not an amount as the mapping describes amounts", "Write it like the other rows, or change [amounts] in the mapping";
    TooPrecise { decimals: u32 } => "too_many_decimals",
        "it has more decimals than the {decimals} the currency has", "Round it to {decimals} decimals";
    BeyondAnyAccount => "amount_too_large", "it is larger than any account can be", "Check the amount and its decimal sign";
    Negative => "negative", "it is below zero", "An account in credit is not imported; send what is owed as a positive amount";
    UnknownCurrency => "unknown_currency", "it is no currency the portal keeps books in", "Send an ISO 4217 code such as USD or EUR";
    NotADate { pattern: String } => "not_a_date",
        "it is not written like {pattern}", "Write it like {pattern}, or change [dates] format in the mapping";
    NoSuchDay => "no_such_day", "there is no such day", "Check day and month";
    BornInTheFuture => "born_in_the_future", "the date of birth is after the balance date", "Check the year";
    TooLongAgo { earliest: String } => "too_long_ago", "it is before {earliest}", "Check the year";
    AfterBalanceDate { balance_date: String } => "after_balance_date",
        "it is after the balance date {balance_date}", "Nothing can be past due or happen after the date the balance stands for";
    PastDueAboveBalance { balance: String } => "past_due_above_balance",
        "more is past due than is owed ({balance})", "Past due is a part of the balance";
    DueDateMissing => "due_date_missing", "an amount is past due but not since when", "Send the oldest unpaid due date";
    DoesNotAddUp { sum: String } => "does_not_add_up",
        "balance at itemization + interest + fees - payments - credits is {sum}, not this", "Send parts that add up to the balance";
    UnknownTimeZone => "unknown_time_zone", "there is no such time zone", "Send an IANA name such as America/Denver";
    ZoneNotFound => "zone_not_found",
        "no time zone is known for this state and postal code", "Send a United States state or postal code, or a time_zone";
    NotAnEmail => "not_an_email", "it is not an e-mail address", "Correct it, or leave it empty";
    NotAPhone => "not_a_phone", "it is not a phone number of 7 to 15 digits", "Correct it, or leave it empty";
    UnknownLanguage => "unknown_language",
        "it is not a language the portal speaks", "Send en or es, or translate it in the mapping, [translate.language]";
    UnknownStatus => "unknown_status",
        "it is not a status the portal knows", "Send open, recalled or closed, or translate it in the mapping, [translate.status]";
    NotYesOrNo => "not_yes_or_no", "it is neither yes nor no",
        "Send yes or no, leave it empty where it is not known, or translate it in the mapping, [translate.time_barred]";
    NotACount { most: u32 } => "not_a_count", "it is not a whole number from 0 to {most}", "Send a number of instalments, or leave both counts empty";
    OneCountOnly => "one_count_only", "only one of the two numbers of instalments is there",
        "Send instalments_due and instalments_kept, or leave both empty";
    MoreKeptThanDue { due: u32 } => "more_kept_than_due", "more instalments were kept than were due ({due})", "Check both numbers";
    UnknownKind => "unknown_kind", "it is not a kind of transaction the portal knows",
        "Send opening_balance, charge, interest, fee, payment, credit or adjustment, or translate it in the mapping, [translate.kind]";
    BothDebitAndCredit => "debit_and_credit", "the row has a debit and a credit", "Send one of them";
    UsedTwice => "used_twice", "an earlier row of this file has the same one", "Send each once; the first row was taken";
    OtherCreditors => "other_creditors",
        "this reference is another creditor's account", "Give this creditor's references a prefix in the mapping, [reference] prefix";
    CurrencyChanged { known: String } => "currency_changed",
        "the account's books are kept in {known}", "An account cannot change its currency; send it under a new reference";
    UnknownAccount => "unknown_account", "there is no such account", "Import the account first";
    NotAPayment => "not_a_payment", "it is not above zero",
        "Send what was paid as a positive amount; what was taken back is no payment: correct the balance in the accounts file";
    NotYetPaid => "not_yet_paid", "it is after today where the customer lives", "Send a payment once it is made";
    InFiguresAlready { balance_date: String } => "in_figures_already",
        "the account's figures of {balance_date}, which the books explain, hold it already",
        "Nothing is missing. Next time import payments before the accounts file whose balances hold them";
    NotOurPayment => "not_our_payment", "it looks like a reference of ours, and no payment here has it",
        "Correct it, or leave it empty if the payment was not made here: it would be booked a second time";
    OtherPayment => "other_payment", "a payment with this id is in the books with another account, amount or day",
        "Give each payment its own id; a payment that is in the books is not changed";
}
