//! The account page as one would write it with axum, sqlx and maud and nothing else: one handler, six statements, English
//! words in place, no drawings. It is what our page is compared with, not how a portal should be written.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use evenkeel::server::security::digest;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;

/// The argument with which this program serves the bare page.
pub const COMMAND: &str = "serve-bare";

/// Serves on a free port, which is written to standard output, until the process is ended.
pub fn serve(url: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::from_str(url)
            .expect("an address")
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16000");
        let pool = SqlitePoolOptions::new().max_connections(8).test_before_acquire(false).connect_with(options).await;
        let app = Router::new().route("/account/{account}", get(account)).with_state(pool.expect("the database opens"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address").port());
        axum::serve(listener, app).await.expect("serves");
    });
}

struct Failed(sqlx::Error);

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Failed {
        Failed(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        eprintln!("{}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

#[derive(sqlx::FromRow)]
struct Visitor {
    customer_id: String,
    expires_at: i64,
    time_zone: String,
}

#[derive(sqlx::FromRow)]
struct Account {
    id: String,
    reference: String,
    product: String,
    status: String,
    creditor: String,
    itemization_date: String,
    balance_at_itemization_minor: i64,
    interest_since_minor: i64,
    fees_since_minor: i64,
    payments_since_minor: i64,
    credits_since_minor: i64,
    reported_balance_minor: i64,
    reported_past_due_minor: i64,
    balance_date: String,
    oldest_unpaid_due_date: Option<String>,
    balance_minor: i64,
    paid_since_minor: i64,
    accounts_of_customer: i64,
}

#[derive(sqlx::FromRow)]
struct Entry {
    kind: String,
    posted_on: String,
    minor: i64,
}

#[derive(sqlx::FromRow)]
struct Line {
    posted_on: String,
    kind: String,
    description: String,
    amount_minor: i64,
}

#[derive(sqlx::FromRow)]
struct Instalment {
    agreement_id: String,
    reference: String,
    due_on: String,
    amount_minor: i64,
    paid_minor: i64,
}

#[derive(sqlx::FromRow)]
struct UnderWay {
    what: String,
    name: String,
    detail: String,
    minor: i64,
    at: Option<i64>,
}

#[expect(clippy::disallowed_methods, reason = "the bare handler has no clock of its own")]
async fn account(State(pool): State<SqlitePool>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Failed> {
    let now = Timestamp::now();
    let Some(session) = session_cookie(&headers) else { return Ok(Redirect::to("/sign-in").into_response()) };
    let visitor: Option<Visitor> = sqlx::query_as(
        "select sessions.customer_id, sessions.expires_at, customers.time_zone
         from sessions join customers on customers.id = sessions.customer_id
         where sessions.id_digest = ? and sessions.expires_at > ?",
    )
    .bind(digest::of_secret(session))
    .bind(now.as_millisecond())
    .fetch_optional(&pool)
    .await?;
    let Some(visitor) = visitor else { return Ok(Redirect::to("/sign-in").into_response()) };
    let account: Option<Account> = sqlx::query_as(
        "select a.*, cr.name as creditor,
           (select coalesce(sum(p.amount_minor), 0) from postings p
             where p.account_id = a.id and p.book = 'customer') as balance_minor,
           (select coalesce(sum(p.amount_minor), 0) from postings p
             join ledger_transactions t on t.id = p.transaction_id
             where p.account_id = a.id and p.book = 'customer' and t.posted_at >= a.reported_at
               and t.kind in ('payment', 'discount', 'refund', 'return', 'chargeback')) as paid_since_minor,
           (select count(*) from accounts o where o.customer_id = a.customer_id) as accounts_of_customer
         from accounts a join creditors cr on cr.id = a.creditor_id
         where a.id = ? and a.customer_id = ?",
    )
    .bind(&id)
    .bind(&visitor.customer_id)
    .fetch_optional(&pool)
    .await?;
    let Some(account) = account else { return Ok(Redirect::to("/account").into_response()) };
    let entries: Vec<Entry> = sqlx::query_as(
        "select t.kind, t.posted_on, sum(p.amount_minor) as minor
         from postings p
         join ledger_transactions t on t.id = p.transaction_id
         join accounts a on a.id = p.account_id
         where p.account_id = ? and p.book = 'customer' and t.kind not in ('opening', 'adjustment')
           and t.posted_at >= a.reported_at
         group by t.id order by t.posted_at, t.id",
    )
    .bind(&id)
    .fetch_all(&pool)
    .await?;
    let lines: Vec<Line> = sqlx::query_as(
        "select posted_on, kind, description, amount_minor from creditor_transactions
         where account_id = ?
         order by posted_on desc, case kind when 'opening_balance' then 1 else 0 end, fingerprint limit 400",
    )
    .bind(&id)
    .fetch_all(&pool)
    .await?;
    let instalments: Vec<Instalment> = sqlx::query_as(
        "select g.id as agreement_id, g.reference, i.due_on, i.amount_minor, coalesce((
           select sum(l.amount_minor) from payment_allocations l
           where l.agreement_id = g.id and l.instalment_number = i.number), 0) as paid_minor
         from agreement_accounts ga
         join agreements g on g.id = ga.agreement_id
         join instalments i on i.agreement_id = g.id and i.version = g.current_version
         where ga.account_id = ? and ga.ended_at is null
         order by i.number",
    )
    .bind(&id)
    .fetch_all(&pool)
    .await?;
    let under_way: Vec<UnderWay> = sqlx::query_as(
        "select 'hold' as what, id as name, kind as detail, 0 as minor, ends_at as at from holds
         where account_id = ?1 and released_at is null and starts_at <= ?3 and (ends_at is null or ends_at > ?3)
         union all
         select 'payment', p.reference, p.state, s.amount_minor, p.created_at from payment_shares s
         join payments p on p.id = s.payment_id
         where s.account_id = ?1 and p.state in ('submitted', 'needs_customer', 'processing', 'unknown')
         union all
         select 'message', id, template, 0, not_before from outbox
         where customer_id = ?2 and sent_at is null and state in ('waiting', 'sending')
         union all
         select 'terms', id, policy_version, 0, held_until from offer_sets
         where account_id = ?1 and ended_at is null and held_until > ?3
         order by 1, 5 limit 30",
    )
    .bind(&id)
    .bind(&visitor.customer_id)
    .bind(now.as_millisecond())
    .fetch_all(&pool)
    .await?;
    let zone = TimeZone::get(&visitor.time_zone).unwrap_or(TimeZone::UTC);
    let found = Found { account, entries, lines, instalments, under_way, today: zone.to_datetime(now).date(), zone };
    let seconds_left = (visitor.expires_at - now.as_millisecond()) / 1_000;
    Ok(Html(page(&found, seconds_left).into_string()).into_response())
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("evenkeel-session="))
}

struct Found {
    account: Account,
    entries: Vec<Entry>,
    /// Newest first.
    lines: Vec<Line>,
    instalments: Vec<Instalment>,
    under_way: Vec<UnderWay>,
    today: Date,
    zone: TimeZone,
}

fn page(found: &Found, seconds_left: i64) -> Markup {
    let account = &found.account;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Where you stand · Evenkeel" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a href="#main" { "Skip to the page" }
                header {
                    a href="/account" { "Evenkeel" }
                    form method="post" action="/api/choose_language" {
                        input type="hidden" name="language" value="es";
                        input type="hidden" name="back" value={ "/account/" (account.id) };
                        button lang="es" { "Español" }
                    }
                    form method="post" action="/api/sign_out" { button { "Sign out" } }
                    p { "Sandbox: this is for trying things out. No money moves and no message leaves." }
                }
                main id="main" {
                    h1 { "Where you stand" }
                    (head(found))
                    (ways(found))
                    (under_way(found))
                    (agreement(found))
                    (next(found))
                    (parts(found))
                    (history(found))
                    section {
                        h2 { "Your rights" }
                        ul {
                            li { "You can ask at any time what this is made of, and for proof of it." }
                            li {
                                "You can say that it is not right, all of it or a part. We stop asking for it until we have answered. "
                                "If you say so in writing within 30 days of our first letter, the law also makes us wait, and send you "
                                "proof."
                            }
                            li { "You can ask who the first creditor was, if it was another." }
                            li { "You can tell us when and how to reach you, or to stop writing." }
                        }
                    }
                    @if account.accounts_of_customer > 1 { a href="/account" { "All your accounts" } }
                }
                footer {
                    h2 { "Talk to a person" }
                    p { a href="tel:5550100" { "555-0100" } " " span { "Monday to Friday, 8:00 to 20:00" } }
                    p { a href="/contact" { "Write to us." } " We answer within 2 working days." }
                    p { "Accounts team, 1 Harbor Street, Springfield" }
                }
                dialog id="session-warning" data-seconds=(seconds_left) {
                    h2 { "Are you still there?" }
                    p {
                        "In two minutes we sign you out, to keep what is yours safe. What you saved is kept, but what you have not "
                        "sent yet on this page will be lost. Stay signed in to go on with it."
                    }
                    button { "Stay signed in" }
                }
                script { (PreEscaped(evenkeel::components::session_warning::SCRIPT)) }
            }
        }
    }
}

fn head(found: &Found) -> Markup {
    let account = &found.account;
    let (balance, past_due) = (account.balance_minor, past_due(account));
    html! {
        p { (account.product) ", account " (account.reference) ", owed to " (account.creditor) }
        p { @if past_due > 0 { "You owe in all" } @else { "Balance on this account" } }
        p { (money(balance)) }
        dl {
            @if past_due > 0 {
                dt { "Past due" }
                dd { (money(past_due)) }
                @if let Some(since) = account.oldest_unpaid_due_date.as_deref() {
                    dd { "since " (date(since)) ", " (days_since(since, found.today)) " days ago" }
                }
                @if past_due != balance { dd { "This is part of the total." } }
            }
            @if let Some(next) = found.instalments.iter().find(|instalment| instalment.paid_minor < instalment.amount_minor) {
                dt { "Next payment" }
                dd { (money(next.amount_minor)) }
                dd { "on " (date(&next.due_on)) }
            }
        }
        @if is_too_small(account) {
            h2 { (money(balance)) " is too small to pay online" }
            p { "The payment company takes no payment this small. Call 555-0100 and we will sort it out with you." }
        } @else if past_due == 0 && account.status == "open" {
            p { "You are up to date: nothing of this is past due." }
        }
    }
}

fn ways(found: &Found) -> Markup {
    let id = &found.account.id;
    html! {
        h2 { "What you can do" }
        p { "Look at any of these. Nothing is decided until you sign or pay." }
        ul {
            @if let Some(first) = found.instalments.first() {
                (way(&format!("/agreements/{}", first.agreement_id), "See your agreement", "Every term and every payment."))
                (way(&format!("/account/{id}/pay"), "Pay the next one now", "Or more than that, if you like."))
            } @else if is_too_small(&found.account) {
            } @else if past_due(&found.account) > 0 {
                (way(&format!("/account/{id}/pay"), "Pay now", "All of it, or what is past due."))
                (way(&format!("/account/{id}/pay"), "Pay a part", "As much as you can today."))
                (way(&format!("/account/{id}/options#steps"), "Pay in steps", "Smaller payments, on days that suit you."))
                (way(&format!("/account/{id}/options#later"), "A later date", "Move it to a day that works for you."))
                (way(&format!("/account/{id}/options#time"), "I need time",
                    "See the terms and until when they are held for you. Then leave, and come back when you are ready."))
            } @else {
                (way(&format!("/account/{id}/pay"), "Pay now", "All of it, or as much as you like."))
                (way(&format!("/account/{id}/options#steps"), "Pay in steps", "Smaller payments, on days that suit you."))
            }
            (way(&format!("/account/{id}/message/changed"), "Something has changed for me",
                "Work, health, family or costs: tell us in your own words."))
            (way(&format!("/account/{id}/message/not-right"), "This is not right",
                "Say what is wrong. We stop asking for it while we check."))
        }
    }
}

fn way(href: &str, name: &str, more: &str) -> Markup {
    html! { li { a href=(href) { (name) " " (more) } } }
}

fn under_way(found: &Found) -> Markup {
    let day = |instant: i64| date(&day_of(instant, &found.zone).to_string());
    html! {
        @for thing in &found.under_way {
            @match thing.what.as_str() {
                "hold" => p { "On hold: " (thing.detail) @if let Some(until) = thing.at { " Until " (day(until)) "." } },
                "payment" => p {
                    (money(thing.minor)) " from " (day(thing.at.unwrap_or_default())) ": " (thing.detail) " "
                    a href={ "/payments/" (thing.name) } { "See this payment" }
                },
                _ => {},
            }
        }
    }
}

fn agreement(found: &Found) -> Markup {
    html! {
        @if let Some(first) = found.instalments.first() {
            h2 { "Your agreement" }
            p { (found.instalments.len()) " payments, the first on " (date(&first.due_on)) "." }
            table {
                caption { "Payments of agreement " (first.reference) }
                tbody {
                    @for instalment in &found.instalments {
                        tr {
                            td { (date(&instalment.due_on)) }
                            td { (money(instalment.amount_minor)) }
                            td { (money(instalment.paid_minor)) }
                        }
                    }
                }
            }
        }
    }
}

fn next(found: &Found) -> Markup {
    let messages = || found.under_way.iter().filter(|thing| thing.what == "message");
    html! {
        section {
            h2 { "What happens next" }
            p { "Nothing happens here by itself. No money is taken unless you say so." }
            p {
                @if found.instalments.is_empty() {
                    "If nothing is done, " (found.account.creditor) " may go on adding interest and fees where your contract says so."
                } @else {
                    "While you keep to your agreement, nothing else is asked of you on this account."
                }
            }
            h3 { "What we will send you" }
            @if messages().next().is_none() { p { "Nothing is waiting to be sent to you." } }
            @for message in messages() { p { (message.detail) } }
            p { "We write only between 8:00 and 21:00 where you live." }
        }
    }
}

fn parts(found: &Found) -> Markup {
    let account = &found.account;
    let mut parts = vec![(format!("Owed on {}", date(&account.itemization_date)), account.balance_at_itemization_minor)];
    parts.extend(
        [
            ("Interest and charges added since", account.interest_since_minor),
            ("Fees added since", account.fees_since_minor),
            ("Paid since", -account.payments_since_minor),
            ("Credited since", -account.credits_since_minor),
        ]
        .into_iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(words, minor)| (words.to_owned(), minor)),
    );
    parts.extend(found.entries.iter().map(|entry| (format!("{} on {}", entry.kind, date(&entry.posted_on)), entry.minor)));
    let rest = account.balance_minor - parts.iter().map(|(_, minor)| minor).sum::<i64>();
    if rest != 0 {
        parts.push(("Corrections by the creditor".to_owned(), rest));
    }
    html! {
        section {
            h2 { "How it came about" }
            table {
                caption { "Below the line what was added, above it what was taken off" }
                tbody {
                    @for (words, minor) in &parts { tr { th { (words) } td { (money(*minor)) } } }
                    tr { th { "Owed now" } td { (money(account.balance_minor)) } }
                }
            }
            p { "Figures of " (account.creditor) " as of " (date(&account.balance_date)) ". What is paid here counts at once." }
        }
    }
}

fn history(found: &Found) -> Markup {
    let account = &found.account;
    let Some(oldest) = found.lines.last() else {
        return html! { h2 { "History" } p { (account.creditor) " has sent us no history of this account. You can ask for it." } };
    };
    let payments = || found.lines.iter().filter(|line| line.kind == "payment" && line.amount_minor < 0);
    let paid = -payments().map(|line| line.amount_minor).sum::<i64>();
    let latest = found.lines.iter().take(4).scan(account.reported_balance_minor, |balance, line| {
        let after = *balance;
        *balance -= line.amount_minor;
        Some((line, after))
    });
    html! {
        section {
            h2 { "History" }
            @match payments().count() {
                0 => {},
                1 => p { "You have made one payment since " (date(&oldest.posted_on)) ", of " (money(paid)) "." },
                count => p {
                    "You have made " (count) " payments since " (date(&oldest.posted_on)) ", " (money(paid)) " in all."
                },
            }
            h3 { "What was owed over time" }
            p { (date(&oldest.posted_on)) " " (date(&found.today.to_string())) }
            table {
                caption { "The latest" }
                thead { tr { th { "Date" } th { "What" } th { "Amount" } th { "Owed after" } } }
                tbody {
                    @for (line, after) in latest {
                        tr {
                            th { (date(&line.posted_on)) }
                            td { (line.description) }
                            td { (money(line.amount_minor)) }
                            td { (money(after)) }
                        }
                    }
                }
            }
            p { "As " (account.creditor) " recorded it." }
            @if found.lines.len() > 4 { p { a href={ "/account/" (account.id) "/history" } { "See the whole history" } } }
            p { a href={ "/account/" (account.id) "/statement" } { "Statement of any period" } }
        }
    }
}

/// Less than the sandbox's half a dollar.
fn is_too_small(account: &Account) -> bool {
    (1..50).contains(&account.balance_minor)
}

fn past_due(account: &Account) -> i64 {
    (account.reported_past_due_minor + account.paid_since_minor).clamp(0, account.balance_minor.max(0))
}

/// `$1,234.56`: every invented account is in dollars.
fn money(minor: i64) -> String {
    let (major, cents) = (minor.abs() / 100, minor.abs() % 100);
    let sign = if minor < 0 { "−" } else { "" };
    match (major / 1_000_000, major / 1_000 % 1_000, major % 1_000) {
        (0, 0, ones) => format!("{sign}${ones}.{cents:02}"),
        (0, thousands, ones) => format!("{sign}${thousands},{ones:03}.{cents:02}"),
        (millions, thousands, ones) => format!("{sign}${millions},{thousands:03},{ones:03}.{cents:02}"),
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `4 December 2026` from `2026-12-04`.
fn date(stored: &str) -> String {
    match stored.parse::<Date>() {
        Ok(day) => format!("{} {} {}", day.day(), MONTHS[usize::from(day.month().unsigned_abs()) - 1], day.year()),
        Err(_) => stored.to_owned(),
    }
}

fn days_since(stored: &str, today: Date) -> i32 {
    let since = stored.parse::<Date>().unwrap_or(today);
    since.until((Unit::Day, today)).map_or(0, |span| span.get_days())
}

fn day_of(instant: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(Timestamp::from_millisecond(instant).unwrap_or(Timestamp::MAX)).date()
}
