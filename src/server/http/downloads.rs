//! Files for their owner: a kept document, an account statement. Anyone else is told that it is not there.

use super::trouble;
use crate::domain::account_statement::AccountStatement;
use crate::domain::calendar::parse_iso;
use crate::domain::ids::{AccountId, DocumentId};
use crate::domain::language::Language;
use crate::server::context::SignedIn;
use crate::server::documents::statement::to_csv;
use crate::server::services::account_statements::{self, Stated};
use crate::server::services::{Failure, documents};
use crate::server::state::AppState;
use crate::server::store::facts::AccountRecord;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Deserialize;

/// `GET /documents/{id}.pdf`
pub async fn document(
    State(state): State<AppState>,
    signed_in: Option<Extension<SignedIn>>,
    Path(name): Path<String>,
) -> Response {
    let (Some(Extension(signed_in)), Some(id)) = (signed_in, name.strip_suffix(".pdf")) else {
        return trouble::not_found().await;
    };
    match documents::file_of_customer(&state, &signed_in.customer_id, &DocumentId(id.to_owned())).await {
        Ok(Some(file)) => download("application/pdf", &format!("{}.pdf", file.reference), file.bytes),
        Ok(None) => trouble::not_found().await,
        Err(error) => broke(&error),
    }
}

/// The days of a statement, as the screen's links name them.
#[derive(Deserialize)]
pub struct Days {
    from: String,
    to: String,
}

/// `GET /account/{account}/statement.pdf?from=…&to=…`
pub async fn statement_pdf(
    State(state): State<AppState>,
    signed_in: Option<Extension<SignedIn>>,
    Extension(language): Extension<Language>,
    Path(account): Path<String>,
    Query(days): Query<Days>,
) -> Response {
    let (account, statement) = match stated(&state, signed_in, account, &days).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let name = file_name(&account, &statement, "pdf");
    match account_statements::pdf(&state, &account, statement, language).await {
        Ok(bytes) => download("application/pdf", &name, bytes),
        Err(error) => broke(&error),
    }
}

/// `GET /account/{account}/statement.csv?from=…&to=…`
pub async fn statement_csv(
    State(state): State<AppState>,
    signed_in: Option<Extension<SignedIn>>,
    Path(account): Path<String>,
    Query(days): Query<Days>,
) -> Response {
    match stated(&state, signed_in, account, &days).await {
        Ok((account, statement)) => {
            download("text/csv; charset=utf-8", &file_name(&account, &statement, "csv"), to_csv(&statement).into_bytes())
        }
        Err(answer) => answer,
    }
}

/// The statement of these days; an address that the screen would not have made is not found.
async fn stated(
    state: &AppState,
    signed_in: Option<Extension<SignedIn>>,
    account: String,
    days: &Days,
) -> Result<(AccountRecord, AccountStatement), Response> {
    let (Some(Extension(signed_in)), Some(from), Some(to)) = (signed_in, parse_iso(&days.from), parse_iso(&days.to)) else {
        return Err(trouble::not_found().await);
    };
    match account_statements::statement(state, &signed_in.customer_id, &AccountId(account), Some(from), Some(to)).await {
        Ok(Some(Stated { account, statement: Ok(statement), .. })) => Ok((account, statement)),
        Ok(Some(Stated { statement: Err(_), .. }) | None) => Err(trouble::not_found().await),
        Err(error) => Err(broke(&error)),
    }
}

/// Letters and digits of the reference: a creditor may write anything into it.
fn file_name(account: &AccountRecord, statement: &AccountStatement, kind: &str) -> String {
    let reference: String = account.reference.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{reference}-{}-{}.{kind}", statement.period.from, statement.period.to)
}

/// `name` is letters, digits, dashes and points: nothing to escape.
fn download(content_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

fn broke(error: &Failure) -> Response {
    tracing::error!(%error, "a document could not be read");
    trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
}
