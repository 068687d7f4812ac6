//! The account statement of any period, for its customer: as a value for the screen, as a signed PDF, as CSV. Reads only;
//! the books are never changed, so the same period gives the same statement whenever it is asked for.

use super::confirmations::recipient;
use super::{Failure, documents};
use crate::domain::account_statement::{AccountStatement, Period, PeriodRefusal};
use crate::domain::calendar::Date;
use crate::domain::ids::{AccountId, CustomerId};
use crate::domain::language::Language;
use crate::server::clock;
use crate::server::documents::StatementContent;
use crate::server::state::AppState;
use crate::server::store::facts::{self, AccountRecord};
use crate::server::store::{StoreError, account_statements, customers, end_read};

/// So many entries one statement takes: a hundred pages.
const MOST_ENTRIES: usize = 4_000;

/// What can be said of a period.
#[derive(Clone, Debug)]
pub struct Stated {
    pub account: AccountRecord,
    /// The first day of the books; today where nothing is booked.
    pub since: Date,
    pub today: Date,
    /// Whether and how far the asked period can be told.
    pub statement: Result<AccountStatement, PeriodRefusal>,
}

/// The statement of the days from one to the other; since the first and up to today where a day is not named. `None` where
/// the customer has no such account.
pub async fn statement(
    state: &AppState,
    customer: &CustomerId,
    account_id: &AccountId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<Option<Stated>, Failure> {
    let mut tx = state.db.begin_read().await?;
    let Some(account) = facts::one_of_customer(&mut *tx, customer, account_id).await? else {
        return Ok(None);
    };
    let today = state.clock.today_in(&clock::zone(&account.time_zone));
    let since = account_statements::first_day(&mut tx, account_id).await?.unwrap_or(today);
    let asked = Period::new(from.unwrap_or(since), to.unwrap_or(today), today);
    let statement = match asked {
        Err(refusal) => Err(refusal),
        Ok(period) => {
            let currency = account.facts.currency;
            let entries = account_statements::entries(&mut tx, account_id, period, currency, MOST_ENTRIES + 1).await?;
            let opening = account_statements::owed_before(&mut tx, account_id, period.from, currency).await?;
            match entries.len() > MOST_ENTRIES {
                true => Err(PeriodRefusal::TooLong),
                false => Ok(AccountStatement::of(period, opening, &entries)?),
            }
        }
    };
    end_read(tx);
    Ok(Some(Stated { account, since, today, statement }))
}

/// The statement as a PDF that anyone can check, in the reader's language.
pub async fn pdf(
    state: &AppState,
    account: &AccountRecord,
    statement: AccountStatement,
    language: Language,
) -> Result<Vec<u8>, Failure> {
    let mut tx = state.db.begin_write().await?;
    let addressee = customers::addressee(&mut tx, &account.customer_id).await?.ok_or(Failure::Missing("customer"))?;
    let now = state.clock.now_millis();
    let content = StatementContent {
        language,
        sender: documents::sender(&state.config, language),
        recipient: recipient(&addressee),
        creditor: account.creditor.clone(),
        account_reference: account.reference.clone(),
        account_product: account.facts.product.clone(),
        statement,
        made_at: clock::zoned(now, &clock::zone(&account.time_zone)),
    };
    let bytes = documents::sign(&mut tx, content.to_pdf()?, now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(bytes)
}
