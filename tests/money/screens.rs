//! Every state of an agreement and of a payment × every screen, over HTTP: each address answers, the page for the real state
//! is shown, nothing is called paid that is not, and from each there is a way on.

use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::server::processors::sandbox::Afterwards;
use evenkeel::server::services::books;

/// What has happened to the account before the screens are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NothingChosen,
    NothingPastDue,
    NothingOwed,
    TenCents,
    TakenBack,
    Closed,
    Disputed,
    PlanChosen,
    PlanAgreed,
    PlanPartlyPaid,
    PlanCompleted,
    PromiseAgreed,
    LaterDateAgreed,
    MandateWaiting,
    MandateGiven,
    MandateEnded,
    PaymentCreated,
    PaymentSubmitted,
    PaymentNeedsCustomer,
    PaymentProcessing,
    PaymentUnknown,
    PaymentSucceeded,
    PaymentDeclined,
    PaymentCancelled,
    PaymentAbandoned,
    PaymentRefunded,
    PaymentReturned,
    PaymentChargedBack,
    /// The last payment of a plan that was completed was taken back.
    PlanReopened,
}

/// The screens of one account, as in their addresses.
const SCREENS: [&str; 17] = [
    "",
    "/history",
    "/statement",
    "/options",
    "/options/catch-up",
    "/options/plan",
    "/options/later-date",
    "/options/promise",
    "/check",
    "/sign",
    "/pay",
    "/pay/check",
    "/dispute",
    "/dispute/check",
    "/dispute/status",
    "/letters",
    "/message/changed",
];

/// Where each address leads, in the order of [`SCREENS`]: `=` to the screen itself, `a` to the agreement, `p` to the payment,
/// else by its own name. The first three and the last two are right in every state; what is not right leads to where it has come.
const TABLE: [(Stage, &str); 29] = {
    use Stage::*;
    const OPEN: &str = "= = = = = = = = options options = pay = dispute dispute = =";
    const AGREED: &str = "= = = a a a a a a a = pay = dispute dispute = =";
    const WAITING: &str = "= = = = = = = = options options p p = dispute dispute = =";
    [
        (NothingChosen, OPEN),
        (NothingPastDue, "= = = = options = options = options options = pay = dispute dispute = ="),
        (NothingOwed, "= = = = options options options options options options = pay = dispute dispute = ="),
        (TenCents, "= = = = options options = = options options = pay = dispute dispute = ="),
        (TakenBack, "= = = = options options options options options options = pay = dispute dispute = ="),
        (Closed, "= = = = options options options options options options = pay = dispute dispute = ="),
        (Disputed, "= = = = = = = = options options = pay dispute/status dispute/status = = ="),
        (PlanChosen, "= = = = = = = = = = = pay = dispute dispute = ="),
        (PlanAgreed, AGREED),
        (PlanPartlyPaid, AGREED),
        // Caught up: what is left of the balance is not due, and there are ways to pay it.
        (PlanCompleted, "= = = = options = options = options options = pay = dispute dispute = ="),
        (PromiseAgreed, AGREED),
        (LaterDateAgreed, AGREED),
        (MandateWaiting, AGREED),
        (MandateGiven, AGREED),
        (MandateEnded, AGREED),
        (PaymentCreated, WAITING),
        (PaymentSubmitted, WAITING),
        (PaymentNeedsCustomer, WAITING),
        // On its way: the rest may be paid meanwhile.
        (PaymentProcessing, OPEN),
        (PaymentUnknown, WAITING),
        // What was past due is paid.
        (PaymentSucceeded, "= = = = options = options = options options = pay = dispute dispute = ="),
        (PaymentDeclined, OPEN),
        (PaymentCancelled, OPEN),
        (PaymentAbandoned, OPEN),
        // What went back is past due again.
        (PaymentRefunded, OPEN),
        (PaymentReturned, OPEN),
        (PaymentChargedBack, OPEN),
        (PlanReopened, AGREED),
    ]
};

struct Staged {
    portal: Portal,
    seeded: Seeded,
    person: Person,
    /// The page of the agreement or the payment that the stage is about.
    agreement: Option<String>,
    payment: Option<String>,
    mandate: Option<String>,
}

async fn given(test: &TestDb, stage: Stage) -> Staged {
    let portal = Portal::open(&test.url).await;
    let seeded = seed::account(&test.db, account_of(stage)).await;
    let person = portal.person(&seeded).await;
    let mut staged = Staged { portal, seeded, person, agreement: None, payment: None, mandate: None };
    match stage {
        Stage::NothingChosen
        | Stage::NothingPastDue
        | Stage::NothingOwed
        | Stage::TenCents
        | Stage::TakenBack
        | Stage::Closed => {}
        Stage::Disputed => {
            let account = staged.seeded.account_id.clone();
            let fields = [("account", account.as_str()), ("topic", "not-right"), ("text", "I paid this"), ("reply_to", "")];
            staged.person.post("/api/send_message", &fields).await.assert_says("We are looking into it");
        }
        Stage::PlanChosen => staged.choose_plan().await,
        Stage::PlanAgreed => {
            staged.choose_plan().await;
            staged.sign().await;
        }
        Stage::PlanPartlyPaid => {
            staged.choose_plan().await;
            staged.sign().await;
            staged.pay("instalment", "approved").await;
            staged.payment = None;
        }
        Stage::PlanCompleted => {
            staged.choose_plan().await;
            staged.sign().await;
            for _ in 0..2 {
                staged.pay("instalment", "approved").await;
            }
            staged.payment = None;
        }
        Stage::PromiseAgreed => staged.agree_one_payment("promise").await,
        Stage::LaterDateAgreed => staged.agree_one_payment("extension").await,
        Stage::MandateWaiting => drop(staged.authorise().await),
        Stage::MandateGiven => staged.allow().await,
        Stage::MandateEnded => {
            staged.allow().await;
            let reference = staged.portal.word("select reference from mandates").await;
            staged.person.post("/api/stop_mandate", &[("reference", &reference)]).await;
        }
        Stage::PaymentCreated => {
            staged.reach_sandbox("past_due").await;
            // As if the server had died between writing the attempt down and asking the processor.
            staged.execute("update payments set state = 'created', hosted_page = null, processor_reference = null").await;
        }
        Stage::PaymentSubmitted => drop(staged.reach_sandbox("past_due").await),
        Stage::PaymentNeedsCustomer => staged.pay("past_due", "needs_confirmation").await,
        Stage::PaymentProcessing => staged.pay("past_due", "slow").await,
        Stage::PaymentUnknown => {
            let page = staged.reach_sandbox("past_due").await;
            staged.person.post_here(&page, &[("method", "outcome_unknown"), ("button", "pay")]).await;
        }
        Stage::PaymentSucceeded => staged.pay("past_due", "approved").await,
        Stage::PaymentDeclined => staged.pay("past_due", "insufficient_funds").await,
        Stage::PaymentCancelled => {
            let page = staged.reach_sandbox("past_due").await;
            staged.person.post(&page, &[("button", "cancel")]).await;
        }
        Stage::PaymentAbandoned => {
            let page = staged.reach_sandbox("past_due").await;
            staged.execute("update sandbox_charges set expires_at = 1").await;
            staged.person.post(&page, &[("method", "approved"), ("button", "pay")]).await;
        }
        Stage::PaymentRefunded => {
            staged.pay("past_due", "approved").await;
            staged.happens(Afterwards::RefundedElsewhere).await;
        }
        Stage::PaymentReturned => {
            staged.pay("past_due", "approved").await;
            staged.happens(Afterwards::Returned).await;
        }
        Stage::PaymentChargedBack => {
            staged.pay("past_due", "approved").await;
            staged.happens(Afterwards::ChargedBack).await;
        }
        Stage::PlanReopened => {
            staged.choose_plan().await;
            staged.sign().await;
            for _ in 0..2 {
                staged.pay("instalment", "approved").await;
            }
            staged.happens(Afterwards::Returned).await;
        }
    }
    staged
}

fn account_of(stage: Stage) -> SeedAccount {
    let usual = SeedAccount::default();
    match stage {
        Stage::NothingPastDue => SeedAccount { past_due_minor: 0, oldest_unpaid_due_date: None, ..usual },
        Stage::NothingOwed => SeedAccount { balance_minor: 0, past_due_minor: 0, oldest_unpaid_due_date: None, ..usual },
        Stage::TenCents => SeedAccount { balance_minor: 10, past_due_minor: 10, ..usual },
        Stage::TakenBack => SeedAccount { status: "recalled".into(), ..usual },
        Stage::Closed => SeedAccount { status: "closed".into(), ..usual },
        _ => usual,
    }
}

impl Staged {
    fn address(&self, screen: &str) -> String {
        format!("/account/{}{screen}", self.seeded.account_id)
    }

    /// To the newest payment.
    async fn happens(&self, afterwards: Afterwards) {
        let charge = self.portal.word("select processor_reference from payments order by created_at desc, id desc limit 1").await;
        assert!(self.portal.sandbox().happens(&charge, afterwards).await.expect("its books"));
        self.portal.work().await;
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.portal.state.db.pool()).await.expect("it is so");
    }

    /// Two payments of 150.00.
    async fn choose_plan(&mut self) {
        let account = self.seeded.account_id.clone();
        let fields = [
            ("account", account.as_str()),
            ("basis", "past_due"),
            ("frequency", "every_two_weeks"),
            ("amount", "150"),
            ("intent", "check"),
        ];
        self.person.post("/api/choose_plan", &fields).await.assert_says("2 payments");
    }

    async fn sign(&mut self) {
        let page = self.person.get(&self.address("/sign")).await;
        let names = ["account", "draft", "shown", "shown_in", "shown_text"];
        let shown = names.map(|name| page.value_of(name));
        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
        fields.extend([("name", "Ada Moreno"), ("consent", "yes")]);
        let confirmation = self.person.post("/api/sign_agreement", &fields).await;
        confirmation.assert_says("It is agreed");
        self.agreement = Some(confirmation.url);
    }

    async fn agree_one_payment(&mut self, way: &str) {
        let (screen, amount) = if way == "promise" { ("/options/promise", "100") } else { ("/options/later-date", "300") };
        let page = self.person.get(&self.address(screen)).await;
        let [account, offer] = ["account", "offer"].map(|field| page.value_of(field));
        let fields = [
            ("account", account.as_str()),
            ("way", way),
            ("offer", &offer),
            ("amount", amount),
            ("on_day", "2"),
            ("on_month", "12"),
            ("on_year", "2026"),
        ];
        let check = self.person.post("/api/choose_promise", &fields).await;
        assert!(check.url.ends_with("/check"), "{} {}", check.url, check.body);
        self.sign().await;
    }

    /// Agrees a plan and authorises its collection, as far as the payment company's page.
    async fn authorise(&mut self) -> String {
        self.choose_plan().await;
        self.sign().await;
        let agreement = self.agreement.clone().expect("it is signed");
        let page = self.person.get(&format!("{agreement}/automatic")).await;
        let hosted = self.person.authorise(&page).await.expect("an answer");
        let reference = self.portal.word("select reference from mandates").await;
        self.mandate = Some(format!("/mandates/{reference}"));
        hosted
    }

    async fn allow(&mut self) {
        let hosted = self.authorise().await;
        self.person.post(&hosted, &[("method", "approved"), ("button", "give")]).await;
    }

    /// Where the page leads on which collecting is allowed, of a stage with an agreement.
    fn place_of_authorising(&self, stage: Stage) -> Option<String> {
        let agreement = self.agreement.clone()?;
        match stage {
            Stage::PlanCompleted => Some(agreement),
            Stage::MandateWaiting => self.mandate.clone(),
            _ => Some(format!("{agreement}/automatic")),
        }
    }

    async fn reach_sandbox(&mut self, purpose: &str) -> String {
        let account = self.seeded.account_id.clone();
        let page = self.person.reach_sandbox(&account, purpose, "").await;
        let reference = self.portal.word("select reference from payments order by created_at desc limit 1").await;
        self.payment = Some(format!("/payments/{reference}"));
        page
    }

    async fn pay(&mut self, purpose: &str, method: &str) {
        let page = self.reach_sandbox(purpose).await;
        self.person.pay_by(&page, method).await;
        if method == "approved" {
            self.portal.work().await;
        }
    }

    /// Where an entry of [`TABLE`] leads.
    fn place(&self, screen: &str, entry: &str) -> String {
        let known = |page: &Option<String>| page.clone().expect("the stage has such a page");
        match entry {
            "=" => self.address(screen),
            "a" => known(&self.agreement),
            "p" => known(&self.payment),
            name => self.address(&format!("/{name}")),
        }
    }
}

/// What holds for every page in every state.
fn is_whole(stage: Stage, answer: &Answer) {
    let at = format!("{stage:?} {}", answer.url);
    assert_eq!(answer.status, 200, "{at}");
    let (_, main) = answer.body.split_once("<main").unwrap_or_else(|| panic!("{at} has no main part"));
    let (main, footer) = main.split_once("</main>").expect("the main part ends");
    assert_eq!(main.matches("<h1").count(), 1, "{at}");
    assert!(main.contains("href=\"/") || main.contains("<form"), "{at} is a dead end: {main}");
    assert!(footer.contains("href=\"tel:") && footer.contains("working days"), "{at}: a person, and when they answer");
    let paid = matches!(
        stage,
        Stage::PaymentSucceeded
            | Stage::PlanPartlyPaid
            | Stage::PlanCompleted
            | Stage::PaymentRefunded
            | Stage::PaymentReturned
            | Stage::PaymentChargedBack
            | Stage::PlanReopened
    );
    for words in ["Paid:", "Receipt as PDF"] {
        assert!(paid || !main.contains(words), "{at} says \"{words}\"");
    }
    assert!(!answer.body.contains("__RESOLVED_RESOURCES["), "{at} carries resource values");
}

async fn every_screen_of(test: &TestDb, stage: Stage, row: &str) -> Vec<String> {
    let mut staged = given(test, stage).await;
    let mut wrong = Vec::new();
    let entries: Vec<&str> = row.split(' ').collect();
    assert_eq!(entries.len(), SCREENS.len(), "{stage:?}");
    for (screen, entry) in SCREENS.into_iter().zip(entries) {
        let answer = staged.person.get(&staged.address(screen)).await;
        let expected = staged.place(screen, entry);
        if !answer.url.ends_with(&expected) {
            wrong.push(format!("{stage:?}: {screen} leads to {}, not to {expected}", answer.url));
        }
        is_whole(stage, &answer);
    }
    if let Some(expected) = staged.place_of_authorising(stage) {
        let agreement = staged.agreement.clone().expect("a stage with an agreement");
        let answer = staged.person.get(&format!("{agreement}/automatic")).await;
        if !answer.url.ends_with(&expected) {
            wrong.push(format!("{stage:?}: authorising leads to {}, not to {expected}", answer.url));
        }
        is_whole(stage, &answer);
    }
    for page in [staged.agreement.clone(), staged.payment.clone(), staged.mandate.clone()].into_iter().flatten() {
        let answer = staged.person.get(&page).await;
        assert!(answer.url.ends_with(&page), "{stage:?}: {page} leads to {}", answer.url);
        is_whole(stage, &answer);
    }
    let verdict = books::verify(&staged.portal.state.db).await.expect("the books can be read");
    assert_eq!(verdict.faults, Vec::new(), "{stage:?}");
    wrong
}

async fn every_state_on(databases: impl AsyncFn() -> TestDb) {
    let mut wrong = Vec::new();
    for (stage, row) in TABLE {
        wrong.extend(every_screen_of(&databases().await, stage, row).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_agreement_and_payment_shows_its_right_screen() {
    every_state_on(support::sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_on_postgresql() {
    every_state_on(support::postgres).await;
}
