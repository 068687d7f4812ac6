//! Every state of an account × every screen, over HTTP: each address answers, the page for the real state is shown, nothing is called
//! paid that is not, and what `domain::journey` says a screen leads to is on the real page: rule 8 is proven on that graph.

use crate::outcomes::policy_without_ways;
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::dispute::Outcome;
use evenkeel::domain::hardship::DeclineReason;
use evenkeel::domain::ids::AgreementId;
use evenkeel::domain::journey::Screen;
use evenkeel::domain::journey::leads::{Deed, Kept, Lead, leads};
use evenkeel::domain::journey::state::{Agreed, Case, Collecting, Disputed, Offered, Owing, Paying, State};
use evenkeel::paths;
use evenkeel::server::processors::sandbox::Afterwards;
use evenkeel::server::services::hardship::{self, Decision, Opened};
use evenkeel::server::services::{books, disputes};

/// What has happened to the account before the screens are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NothingChosen,
    NothingPastDue,
    NothingOwed,
    TenCents,
    TakenBack,
    Closed,
    /// The policy offers nothing.
    NoWayOffered,
    /// The terms that were held are over.
    OffersExpired,
    /// There is no way to write to them.
    NoContact,
    TimeToThink,
    DisputeWritten,
    DisputedPart,
    DisputedAll,
    DisputeAnswered,
    ReviewTold,
    ReviewLookedAt,
    ReviewMoreNeeded,
    ReviewApproved,
    ReviewNotApproved,
    PlanChosen,
    PlanAgreed,
    PlanPartlyPaid,
    PlanCompleted,
    PlanEnded,
    ChangeKept,
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

/// Each stage with the state it is in the eyes of the journey.
fn stages() -> Vec<(Stage, State)> {
    use Stage::*;
    let open = State::PAST_DUE;
    let agreed = State { agreed: Agreed::Running, ..open };
    let paying = |paying| State { paying, ..open };
    let owing = |owing| State { owing, ..open };
    let disputed = |disputed| State { disputed, ..open };
    let case = |case| State { case, ..open };
    vec![
        (NothingChosen, open),
        (NothingPastDue, owing(Owing::NotYetDue)),
        (NothingOwed, owing(Owing::Nothing)),
        (TenCents, owing(Owing::TooSmall)),
        (TakenBack, owing(Owing::NotHere)),
        (Closed, owing(Owing::NotHere)),
        (NoWayOffered, State { offered: Offered::NoWay, ..open }),
        (OffersExpired, open),
        (NoContact, open),
        (TimeToThink, open),
        (DisputeWritten, disputed(Disputed::Written)),
        (DisputedPart, disputed(Disputed::Part)),
        (DisputedAll, disputed(Disputed::All)),
        (DisputeAnswered, disputed(Disputed::Answered)),
        (ReviewTold, case(Case::Told)),
        (ReviewLookedAt, case(Case::LookedAt)),
        (ReviewMoreNeeded, case(Case::LookedAt)),
        (ReviewApproved, case(Case::Approved)),
        (ReviewNotApproved, case(Case::NotApproved)),
        (PlanChosen, State { agreed: Agreed::Chosen, ..open }),
        (PlanAgreed, agreed),
        (PlanPartlyPaid, agreed),
        // Caught up: what is left of the balance is not due, and there are ways to pay it.
        (PlanCompleted, State { agreed: Agreed::Over, owing: Owing::NotYetDue, ..open }),
        (PlanEnded, State { agreed: Agreed::Over, ..open }),
        (ChangeKept, State { agreed: Agreed::Changing, ..open }),
        (PromiseAgreed, agreed),
        (LaterDateAgreed, agreed),
        (MandateWaiting, State { collecting: Collecting::Waiting, ..agreed }),
        (MandateGiven, State { collecting: Collecting::Allowed, ..agreed }),
        (MandateEnded, agreed),
        (PaymentCreated, paying(Paying::Unknown)),
        (PaymentSubmitted, paying(Paying::Unfinished)),
        (PaymentNeedsCustomer, paying(Paying::Unfinished)),
        // On its way: the rest may be paid meanwhile.
        (PaymentProcessing, open),
        (PaymentUnknown, paying(Paying::Unknown)),
        // What was past due is paid.
        (PaymentSucceeded, owing(Owing::NotYetDue)),
        (PaymentDeclined, paying(Paying::Failed)),
        (PaymentCancelled, paying(Paying::Failed)),
        (PaymentAbandoned, paying(Paying::Failed)),
        // What went back is past due again.
        (PaymentRefunded, open),
        (PaymentReturned, open),
        (PaymentChargedBack, open),
        (PlanReopened, agreed),
    ]
}

struct Staged {
    portal: Portal,
    seeded: Seeded,
    person: Person,
    /// The page of the agreement or the payment that the stage is about.
    agreement: Option<String>,
    payment: Option<String>,
    mandate: Option<String>,
    case: Option<String>,
}

async fn given(test: &TestDb, stage: Stage) -> Staged {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = policy_without_ways(&folder);
    let changed: &[(&str, &str)] = if stage == Stage::NoWayOffered { &[("policy.file", &policy)] } else { &[] };
    let portal = Portal::open_with(&test.url, changed).await;
    let seeded = seed::account(&test.db, account_of(stage)).await;
    let person = portal.person(&seeded).await;
    let mut staged = Staged { portal, seeded, person, agreement: None, payment: None, mandate: None, case: None };
    match stage {
        Stage::NothingChosen
        | Stage::NothingPastDue
        | Stage::NothingOwed
        | Stage::TenCents
        | Stage::TakenBack
        | Stage::Closed
        | Stage::NoWayOffered
        | Stage::NoContact => {}
        Stage::OffersExpired => {
            staged.person.get(&staged.address("/options")).await;
            staged.execute("update offer_sets set held_until = 1").await;
        }
        Stage::TimeToThink => {
            let account = staged.seeded.account_id.clone();
            staged.person.post("/api/take_time", &[("account", &account)]).await;
        }
        Stage::DisputeWritten => drop(staged.write_dispute("part").await),
        Stage::DisputedPart => staged.dispute("part").await,
        Stage::DisputedAll => staged.dispute("all").await,
        Stage::DisputeAnswered => {
            staged.dispute("all").await;
            let reference = staged.portal.word("select reference from disputes").await;
            let answer = disputes::Answer { outcome: Outcome::Verified, text: "It is as it stands.", by: "Ines" };
            disputes::answer(&staged.portal.state, &reference, &answer).await.expect("no failure").expect("answered");
            staged.execute("update outbox set state = 'sent', reason = null, sent_at = 1795176000000").await;
            disputes::release_sent(&staged.portal.state).await.expect("no failure");
        }
        Stage::ReviewTold => staged.tell().await,
        Stage::ReviewLookedAt => drop(staged.review().await),
        Stage::ReviewMoreNeeded => {
            let decision = staged.review().await;
            hardship::ask(&staged.portal.state, &decision).await.expect("no failure").expect("asked");
        }
        Stage::ReviewApproved => {
            let decision = staged.review().await;
            let opened = Opened { pause_days: Some(60), ..Opened::default() };
            hardship::approve(&staged.portal.state, &decision, &opened).await.expect("no failure").expect("approved");
        }
        Stage::ReviewNotApproved => {
            let decision = staged.review().await;
            let declined = hardship::decline(&staged.portal.state, &decision, DeclineReason::NotShown).await;
            declined.expect("no failure").expect("declined");
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
        Stage::PlanEnded => {
            staged.choose_plan().await;
            staged.sign().await;
            let agreement = staged.agreement_id();
            staged.person.post("/api/end_agreement", &[("agreement", &agreement)]).await;
        }
        Stage::ChangeKept => {
            staged.choose_plan().await;
            staged.sign().await;
            let agreement = staged.agreement_id();
            let fields = [("agreement", agreement.as_str()), ("kind", "skip"), ("number", "1")];
            let check = staged.person.post("/api/choose_change", &fields).await;
            assert!(check.url.ends_with("/change/check"), "{} {}", check.url, check.body);
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
        Stage::NoContact => SeedAccount { email: None, ..usual },
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

    fn agreement_id(&self) -> String {
        let agreement = self.agreement.as_deref().expect("a stage with an agreement");
        agreement.rsplit('/').next().expect("its id").to_owned()
    }

    async fn write_dispute(&mut self, extent: &str) -> Answer {
        let account = self.seeded.account_id.clone();
        let amount = if extent == "part" { "100" } else { "" };
        let fields = [
            ("account", account.as_str()),
            ("reason", "wrong_amount"),
            ("extent", extent),
            ("amount", amount),
            ("words", "I was charged twice"),
        ];
        let check = self.person.post("/api/keep_dispute", &fields).await;
        assert!(check.url.ends_with("/dispute/check"), "{} {}", check.url, check.body);
        check
    }

    async fn dispute(&mut self, extent: &str) {
        let check = self.write_dispute(extent).await;
        let shown = ["account", "draft", "revision"].map(|name| (name, check.value_of(name)));
        let fields = shown.each_ref().map(|(name, value)| (*name, value.as_str()));
        let status = self.person.post("/api/send_dispute", &fields).await;
        assert!(status.url.ends_with("/dispute/status"), "{}", status.url);
    }

    async fn tell(&mut self) {
        let account = self.seeded.account_id.clone();
        let told = [("account", account.as_str()), ("reason", "illness"), ("help_pause", "yes")];
        self.person.post("/api/save_hardship", &told).await.assert_says("Income and spending");
    }

    async fn review(&mut self) -> Decision {
        self.tell().await;
        let account = self.seeded.account_id.clone();
        self.person.post("/api/send_hardship", &[("account", &account)]).await.assert_says("Thank you for telling us");
        let reference = self.portal.word("select reference from hardship_cases").await;
        self.case = Some(reference.clone());
        Decision { reference, by: "Rosa".into(), words: "We looked at everything.".into() }
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

    /// The address of a screen, with this stage's own ids in place of the journey's names.
    fn path(&self, screen: &Screen) -> String {
        let id_of = |page: &Option<String>| page.as_deref().and_then(|page| page.rsplit('/').next()).expect("its id").to_owned();
        let agreement = || AgreementId(id_of(&self.agreement));
        let real = match screen {
            Screen::Agreement(_) => Screen::Agreement(agreement()),
            Screen::Authorise(_) => Screen::Authorise(agreement()),
            Screen::Change(_) => Screen::Change(agreement()),
            Screen::ChangeCheck(_) => Screen::ChangeCheck(agreement()),
            Screen::Payment(_) => Screen::Payment(id_of(&self.payment)),
            Screen::Mandate(_) => Screen::Mandate(id_of(&self.mandate)),
            Screen::HardshipCase(_) => Screen::HardshipCase(self.case.clone().expect("a case")),
            other => other.clone(),
        };
        paths::screen(&self.seeded.account_id, &real)
    }

    /// Whether a page has what the journey says it leads to.
    fn has(&self, main: &str, lead: &Lead, state: &State) -> bool {
        let has_form = |actions: &[&str]| actions.iter().any(|action| main.contains(&format!("action=\"/api/{action}\"")));
        let has_link = |screen: &Screen| {
            let path = self.path(screen);
            let ends = ["\"", "#", "?", "/"];
            ends.into_iter().any(|end| main.contains(&format!("href=\"{path}{end}")))
        };
        match lead {
            Lead::To(Screen::Accounts | Screen::Account) => main.contains("href=\"/account"),
            // Whatever it is about.
            Lead::To(Screen::Message) => main.contains(&format!("href=\"/account/{}/message/", self.seeded.account_id)),
            Lead::To(screen) => has_link(screen) || has_link(&state.shows(screen.clone())),
            Lead::Keep(Kept::Choice, _) => has_form(&["choose_plan", "choose_promise"]),
            Lead::Keep(Kept::Change, _) => has_form(&["choose_change"]),
            Lead::Keep(Kept::Payment, _) => has_form(&["choose_payment"]),
            Lead::Keep(Kept::Told, _) => has_form(&["save_hardship", "save_budget"]),
            Lead::Keep(Kept::Dispute, _) => has_form(&["keep_dispute"]),
            Lead::Do(Deed::Pay) => has_form(&["start_payment"]) || main.contains("/sandbox-processor/"),
            Lead::Do(Deed::Agree) => has_form(&["sign_agreement", "sign_change"]),
            Lead::Do(Deed::Pause) => has_form(&["send_hardship", "send_dispute"]),
            // Who answers says by when.
            Lead::Do(Deed::Ask) => {
                has_form(&["send_message", "add_to_dispute", "answer_hardship", "appeal_hardship", "withdraw_hardship"])
                    && (main.contains("working days") || main.contains("2026"))
            }
        }
    }
}

/// What holds for every page in every state.
fn is_whole(stage: Stage, answer: &Answer) -> &str {
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
    main
}

async fn every_screen_of(test: &TestDb, stage: Stage, state: State) -> Vec<String> {
    let mut staged = given(test, stage).await;
    let mut wrong = Vec::new();
    for screen in state.screens() {
        let answer = staged.person.get(&staged.path(&screen)).await;
        let shown = state.shows(screen.clone());
        let expected = if shown == Screen::Accounts { paths::ACCOUNT.to_owned() } else { staged.path(&shown) };
        if !answer.url.ends_with(&expected) {
            wrong.push(format!("{stage:?}: {screen:?} leads to {}, not to {expected}", answer.url));
        }
        let main = is_whole(stage, &answer);
        if shown == screen {
            let missing = leads(&screen, &state).into_iter().filter(|lead| !staged.has(main, lead, &state));
            wrong.extend(missing.map(|lead| format!("{stage:?}: {screen:?} has no {lead:?}")));
        }
    }
    // What is not part of a journey any more is whole all the same.
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
    for (stage, state) in stages() {
        wrong.extend(every_screen_of(&databases().await, stage, state).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_an_account_shows_its_right_screens_and_their_ways_on() {
    every_state_on(support::sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_on_postgresql() {
    every_state_on(support::postgres).await;
}
