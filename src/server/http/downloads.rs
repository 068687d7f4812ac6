//! A document's file, for its owner. Anyone else is told that it is not there.

use super::trouble;
use crate::domain::ids::DocumentId;
use crate::server::context::SignedIn;
use crate::server::services::documents;
use crate::server::state::AppState;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

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
        Ok(Some(file)) => {
            // A reference is letters, digits and dashes: nothing to escape.
            let disposition = format!("attachment; filename=\"{}.pdf\"", file.reference);
            let headers = [
                (header::CONTENT_TYPE, "application/pdf".to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        Ok(None) => trouble::not_found().await,
        Err(error) => {
            tracing::error!(%error, "a document could not be read");
            trouble::mark(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
