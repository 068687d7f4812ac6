//! Invented portfolios of any size, for benches and for trying the portal at scale. The same seed gives the same people.
//!
//! They are made as the text of a file and go through the importer like any creditor's, so what is measured is the
//! importer. Nobody in them exists.

use super::mapping::{FileKind, Mapping, MappingError};
use crate::domain::calendar::Date;
use std::fmt::Write as _;
use std::io::{self, Read};

const SEED: u64 = 0x0e7e_2ee1;

/// A portfolio that is written while it is read.
#[derive(Clone, Debug)]
pub struct Invented {
    pub kind: FileKind,
    pub accounts: u32,
    /// Lines of history of each account, one of which is the opening balance.
    pub postings_per_account: u32,
    /// The date for which the balances stand.
    pub balance_date: Date,
}

const GIVEN: [&str; 16] = [
    "Ada", "Ben", "Carmen", "Dolores", "Elena", "Frank", "Grace", "Hugo", "Inés", "Jonah", "Karen", "Luis", "Mónica", "Noah",
    "Olga", "Pedro",
];
const FAMILY: [&str; 16] = [
    "Abbott", "Bello", "Castillo", "Dixon", "Escobar", "Fletcher", "Garza", "Hobbs", "Ibarra", "Jennings", "Kim", "Lozano",
    "Moreno", "Nguyen", "Ortega", "Price",
];
const PLACES: [(&str, &str, &str); 8] = [
    ("Denver", "CO", "802"),
    ("Atlanta", "GA", "303"),
    ("Chicago", "IL", "606"),
    ("Newark", "NJ", "070"),
    ("Phoenix", "AZ", "850"),
    ("San Juan", "PR", "009"),
    ("Seattle", "WA", "981"),
    ("Austin", "TX", "787"),
];

impl Invented {
    pub fn name(&self) -> String {
        format!("invented-{}-{}.csv", self.accounts, self.kind.name())
    }

    /// The mapping that reads what is invented.
    pub fn mapping(&self) -> Result<Mapping, MappingError> {
        Mapping::parse(&self.mapping_text())
    }

    pub fn mapping_text(&self) -> String {
        match self.kind {
            FileKind::Accounts => format!(
                "kind = \"accounts\"\n[columns]\n{}[constants]\ncreditor = \"Invented Savings Bank\"\nproduct = \"Loan\"\n\
                 currency = \"USD\"\nbalance_date = \"{}\"\n[time_zone]\nderive = \"united_states\"\n",
                ACCOUNT_COLUMNS.map(|column| format!("{column} = \"{column}\"\n")).concat(),
                self.balance_date,
            ),
            FileKind::Transactions => format!(
                "kind = \"transactions\"\n[columns]\n{}[constants]\ncurrency = \"USD\"\n",
                TRANSACTION_COLUMNS.map(|column| format!("{column} = \"{column}\"\n")).concat(),
            ),
            FileKind::Payments => format!(
                "kind = \"payments\"\n[columns]\n{}[constants]\ncurrency = \"USD\"\n",
                PAYMENT_COLUMNS.map(|column| format!("{column} = \"{column}\"\n")).concat(),
            ),
        }
    }

    pub fn reader(&self) -> impl Read + Send + use<> {
        let header = match self.kind {
            FileKind::Accounts => ACCOUNT_COLUMNS.join(","),
            FileKind::Transactions => TRANSACTION_COLUMNS.join(","),
            FileKind::Payments => PAYMENT_COLUMNS.join(","),
        };
        InventedReader { portfolio: self.clone(), next: 0, buffer: format!("{header}\n"), read: 0 }
    }

    fn write_account(&self, number: u32, text: &mut String) -> std::fmt::Result {
        let mut chance = Chance::of(number);
        let (given, family) = (chance.pick(&GIVEN), chance.pick(&FAMILY));
        let (city, state, area) = chance.pick(&PLACES);
        let born = self.balance_date.saturating_sub(jiff::Span::new().days(i64::from(7_000 + chance.below(22_000))));
        let language = if chance.below(6) == 0 { "es" } else { "en" };
        let months_behind = chance.below(7) + 1;
        let due = self.balance_date.saturating_sub(jiff::Span::new().days(i64::from(months_behind * 30 - chance.below(29))));
        let History { opening, charged, paid } = self.history(number);
        let balance = opening + charged - paid;
        let past_due = (balance / 12 * i64::from(months_behind)).clamp(balance.min(2_500), balance);
        let itemized = self.itemization_date();
        writeln!(
            text,
            "IN-{number:07},{given},{family},{born},{} Example Street,{city},{state},{area}{:02},{}.{}.{number}@example.net,{language},\
             {itemized},{},{},{},{},{},{due}",
            chance.below(9_000) + 1,
            chance.below(90),
            given.to_lowercase().replace(['é', 'ó'], "e"),
            family.to_lowercase(),
            Cents(opening),
            Cents(charged),
            Cents(paid),
            Cents(balance),
            Cents(past_due),
        )
    }

    fn write_history(&self, number: u32, text: &mut String) -> std::fmt::Result {
        let history = self.history(number);
        let itemized = self.itemization_date();
        writeln!(text, "IN-{number:07},{itemized},opening_balance,{},Balance brought forward", Cents(history.opening))?;
        let mut chance = Chance::of(number ^ 0x8000_0000);
        let lines = self.lines();
        let (mut charged, mut paid) = (history.charged, history.paid);
        for line in 1..=lines {
            let day = itemized.saturating_add(jiff::Span::new().days(i64::from(line * 150 / (lines + 1))));
            // Every third line is a payment; the last of each kind takes the remainder.
            let (kind, rest, description) = match line % 3 {
                0 => ("payment", &mut paid, "Payment received"),
                _ => ("charge", &mut charged, "Charges and interest"),
            };
            let is_last = line + 3 > lines && (line % 3 == 0 || line + 1 > lines || (line + 1) % 3 == 0 && line + 2 > lines);
            let amount = if is_last { *rest } else { *rest / 4 + i64::from(chance.below(50)).min(*rest / 4) };
            *rest -= amount;
            let sign = if kind == "payment" { "-" } else { "" };
            writeln!(text, "IN-{number:07},{day},{kind},{sign}{},{description}", Cents(amount))?;
        }
        Ok(())
    }

    /// A payment at the creditor's counter on the balance date.
    fn write_payment(&self, number: u32, text: &mut String) -> std::fmt::Result {
        writeln!(text, "IN-{number:07},{},P-{number:07},10.00,counter", self.balance_date)
    }

    fn history(&self, number: u32) -> History {
        let mut chance = Chance::of(number ^ 0x4000_0000);
        let opening = i64::from(chance.below(400_000));
        let lines = self.lines();
        let charged = if lines > 0 { i64::from(chance.below(150_000)) + 1 } else { 1 };
        // Never more than is owed: an account in credit is not in arrears.
        let paid = if lines > 2 { i64::from(chance.below(100_000)).min(opening + charged - 1) } else { 0 };
        History { opening, charged, paid }
    }

    /// Lines after the opening balance.
    fn lines(&self) -> u32 {
        self.postings_per_account.saturating_sub(1)
    }

    fn itemization_date(&self) -> Date {
        self.balance_date.saturating_sub(jiff::Span::new().days(200))
    }
}

const ACCOUNT_COLUMNS: [&str; 17] = [
    "account_reference",
    "given_name",
    "family_name",
    "date_of_birth",
    "street",
    "city",
    "state",
    "postal_code",
    "email",
    "language",
    "itemization_date",
    "balance_at_itemization",
    "interest_since",
    "payments_since",
    "current_balance",
    "past_due_amount",
    "oldest_unpaid_due_date",
];
const PAYMENT_COLUMNS: [&str; 5] = ["account_reference", "posted_on", "transaction_id", "amount", "method"];
const TRANSACTION_COLUMNS: [&str; 5] = ["account_reference", "posted_on", "kind", "amount", "description"];

struct History {
    opening: i64,
    charged: i64,
    paid: i64,
}

/// Writes cents as a decimal.
struct Cents(i64);

impl std::fmt::Display for Cents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// A small generator of its own (SplitMix64): what is invented must be the same everywhere and always.
struct Chance(u64);

impl Chance {
    fn of(number: u32) -> Chance {
        Chance(SEED ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit)).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap_or(1)) as usize]
    }
}

struct InventedReader {
    portfolio: Invented,
    next: u32,
    buffer: String,
    read: usize,
}

impl Read for InventedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read == self.buffer.len() {
            self.buffer.clear();
            self.read = 0;
            if self.next < self.portfolio.accounts {
                let written = match self.portfolio.kind {
                    FileKind::Accounts => self.portfolio.write_account(self.next, &mut self.buffer),
                    FileKind::Transactions => self.portfolio.write_history(self.next, &mut self.buffer),
                    FileKind::Payments => self.portfolio.write_payment(self.next, &mut self.buffer),
                };
                written.map_err(io::Error::other)?;
                self.next += 1;
            }
        }
        let rest = &self.buffer.as_bytes()[self.read..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}
