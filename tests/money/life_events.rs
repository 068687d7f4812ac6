//! What others tell us: that an account holder has died, is insolvent or in a breathing space. What begins is provisional and harms nobody
//! who is alive; a person decides; the letter goes to whoever may read it; and nothing says whether an account was found.

use crate::collecting::{DUE_DAY, NOTICE_DAY, announced, on, stands, tries};
use crate::joint::two_accounts;
use crate::portal::{Answer, Person, Portal};
use crate::support::seed::{self, SeedAccount, Seeded};
use crate::support::{self, TestDb};
use evenkeel::domain::life_event::{LifeEventState, ToldBy};
use evenkeel::server::jobs;
use evenkeel::server::processors::sandbox::Method;
use evenkeel::server::services::life_events::{self, Confirmation, NotDecided};
use evenkeel::server::services::print_queue;
use std::io::Write;
use std::process::Command;

/// What a family tells of Ada Moreno's account.
fn report<'a>(reference: &'a str, happened: &'a str, told_by: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("happened", happened),
        ("told_by", told_by),
        ("teller_name", "Luis Moreno"),
        ("reply_to", "luis@example.net"),
        ("family_name", "moreno"),
        ("reference", reference),
        ("words", "It was in <October>"),
    ]
}

async fn tell(portal: &Portal, fields: &[(&str, &str)]) -> Answer {
    Person::at(&portal.address).post("/api/tell_us", fields).await
}

async fn holds(portal: &Portal) -> i64 {
    portal.number("select count(*) from holds where released_at is null").await
}

async fn newest(portal: &Portal) -> String {
    portal.word("select reference from life_events order by told_at desc, id desc limit 1").await
}

fn by(reference: &str) -> Confirmation {
    Confirmation { reference: reference.to_owned(), by: "Ines".to_owned(), ..Confirmation::default() }
}

/// With room for the many reports of one test from one address.
async fn portal_of(test: &TestDb) -> Portal {
    Portal::open_with(&test.url, &[("sign_in.attempts", "20")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_tells_holds_at_once_and_says_nothing_and_one_button_ends_it() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let id = seeded.account_id.as_str();
        let known = tell(&portal, &report(&seeded.reference, "died", "family")).await;
        let unknown = tell(&portal, &report("NG-NOBODY", "died", "family")).await;
        let wrong_name = [("family_name", "Diaz")];
        let other: Vec<_> = report(&seeded.reference, "died", "family")
            .into_iter()
            .filter(|(name, _)| *name != "family_name")
            .chain(wrong_name)
            .collect();
        let misnamed = tell(&portal, &other).await;
        // The same words for all three, but for the number.
        let said = |answer: &Answer| {
            let at = answer.body.find("LE-").expect("a number");
            answer.body.replace(&answer.body[at..at + 12], "LE")
        };
        known.assert_says("A person looks at it and answers you by Tuesday 24 November 2026.");
        for same in [&unknown, &misnamed] {
            let strip =
                |text: String| text[text.find("<main").expect("a page")..text.find("</main>").expect("its end")].to_owned();
            assert_eq!(strip(said(same)), strip(said(&known)));
        }
        known.assert_never_says("October");
        assert_eq!(holds(&portal).await, 1, "{}: of one of the three", test.name);
        assert_eq!(
            portal.number("select count(*) from events where details like '%Moreno%' or details like '%October%'").await,
            0
        );

        // The customer is alive: every page says it, nothing binds them meanwhile, paying works, and one button ends it.
        let mut person = portal.person(&seeded).await;
        let account = person.get(&format!("/account/{id}")).await;
        account.assert_says("Somebody told us that the holder of this account has died");
        account.assert_says("Is this not right? Tell us here");
        account.assert_never_says("Luis");
        person.get(&format!("/account/{id}/options")).await.assert_says("Is this not right? Tell us here");
        person.get(&format!("/account/{id}/pay")).await.assert_says("name=\"purpose\"");
        let reference = portal.word("select reference from life_events where customer_id is not null").await;
        let page = person.get(&format!("/life-events/{reference}")).await;
        page.assert_says("A person checks it by Tuesday 24 November 2026");
        // Nobody else sees or ends it.
        let stranger = seed::account(&test.db, SeedAccount { family_name: "Diaz".into(), ..SeedAccount::default() }).await;
        let mut other = portal.person(&stranger).await;
        other.get(&format!("/life-events/{reference}")).await.assert_never_says("What we were told");
        other.post("/api/contradict_life_event", &[("reference", &reference)]).await.assert_never_says("What we were told");
        assert_eq!(holds(&portal).await, 1);
        let mut second_tab = person.clone();
        for tab in [&mut person, &mut second_tab] {
            let done = tab.post("/api/contradict_life_event", &[("reference", &reference)]).await;
            done.assert_says("You told us that it is not right");
        }
        assert_eq!(holds(&portal).await, 0, "{}", test.name);
        assert_eq!(portal.number("select count(*) from events where action = 'life_event.contradicted'").await, 1);
        person.get(&format!("/account/{id}")).await.assert_never_says("Is this not right");
        // It waits for a person still; the same from a stranger holds nothing more.
        let waiting = life_events::waiting(&portal.state, 10).await.expect("a list");
        assert!(waiting.iter().any(|event| event.reference == reference && event.state == "contradicted"));
        tell(&portal, &report(&seeded.reference, "died", "other")).await.assert_says("Thank you for telling us");
        assert_eq!(holds(&portal).await, 0, "{}: the customer has said that it is not so", test.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_reference_it_takes_everything_else() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let (first, _) = two_accounts(&test).await;
        let facts = [
            ("happened", "insolvent"),
            ("told_by", "trustee"),
            ("teller_name", "Tessa Trustee"),
            ("reply_to", "555-0101"),
            ("given_name", "ADA"),
            ("family_name", "Moreno"),
            ("postal_code", "80276"),
            ("birth_date_day", "29"),
            ("birth_date_month", "2"),
        ];
        let missing = tell(&portal, &facts).await;
        missing.assert_says("Check this date");
        missing.assert_says("Tessa Trustee");
        let whole = |year| facts.into_iter().chain([("birth_date_year", year)]).collect::<Vec<_>>();
        tell(&portal, &whole("1981")).await.assert_says("Check this date");
        let other_day: Vec<_> = whole("1980").into_iter().filter(|(name, _)| *name != "birth_date_day").collect();
        let other_day: Vec<_> = other_day.into_iter().chain([("birth_date_day", "28")]).collect();
        tell(&portal, &other_day).await.assert_says("Thank you for telling us");
        assert_eq!(holds(&portal).await, 0, "{}: not the same birth date", test.name);
        tell(&portal, &whole("1980")).await.assert_says("Thank you for telling us");
        assert_eq!(holds(&portal).await, 2, "{}: every open account", test.name);
        // Nothing is missing that is not said, and the longest words are told apart.
        let empty = tell(&portal, &[("words", &"x".repeat(1_001))]).await;
        for words in ["Choose what has happened", "Choose who you are", "Enter your name", "Please shorten it"] {
            empty.assert_says(words);
        }
        drop(first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_report_everybody() {
    let test = support::sqlite().await;
    let portal = Portal::open_with(&test.url, &[("sign_in.attempts", "3")]).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    for _ in 0..3 {
        tell(&portal, &report("NG-NOBODY", "died", "family")).await.assert_says("Thank you for telling us");
    }
    tell(&portal, &report(&seeded.reference, "died", "family")).await.assert_says("You can write again in 15 min");
    assert_eq!(holds(&portal).await, 0);
}

async fn told(portal: &Portal, seeded: &Seeded, happened: &str, told_by: &str, more: &[(&str, &str)]) -> String {
    let fields: Vec<_> = report(&seeded.reference, happened, told_by).into_iter().chain(more.iter().copied()).collect();
    tell(portal, &fields).await.assert_says("Thank you for telling us");
    newest(portal).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_that_is_confirmed_closes_what_would_be_the_estates_and_the_letter_names_it_to_the_executor_alone() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let id = seeded.account_id.as_str();
        let reference = told(&portal, &seeded, "died", "family", &[]).await;
        let refused = life_events::confirm(&portal.state, &by(&reference)).await.expect("an answer");
        assert_eq!(refused, Err(NotDecided::NoAddress), "nobody said where the letter goes");
        let nobody = Confirmation { by: " ".to_owned(), ..by(&reference) };
        assert_eq!(life_events::confirm(&portal.state, &nobody).await.expect("an answer"), Err(NotDecided::NoPerson));
        let to_family = Confirmation { address: vec!["1 Main St".to_owned(), "Denver CO 80276".to_owned()], ..by(&reference) };
        let letter = life_events::confirm(&portal.state, &to_family).await.expect("an answer").expect("confirmed");
        let again = life_events::confirm(&portal.state, &to_family).await.expect("an answer");
        assert_eq!(again, Err(NotDecided::NotNow(LifeEventState::Confirmed)), "once");
        assert_eq!(portal.number("select count(*) from holds where kind = 'deceased' and released_at is null").await, 1);
        assert_eq!(holds(&portal).await, 1, "{}: in place of the provisional one", test.name);
        let queued = print_queue::waiting(&portal.state, 10).await.expect("a queue");
        assert_eq!(queued.iter().map(|queued| queued.reference.clone()).collect::<Vec<_>>(), [letter]);
        assert_eq!(portal.number("select count(*) from outbox where channel = 'email'").await, 0, "nothing to who has died");

        // Whoever signs in can neither pay nor agree, and reads whom to call.
        let mut person = portal.person(&seeded).await;
        person.get(&format!("/account/{id}/pay")).await.assert_never_says("name=\"purpose\"");
        let page = person.get(&format!("/life-events/{reference}")).await;
        page.assert_says("A person has checked it");
        page.assert_never_says("value=\"This is not right\"");
        person.post("/api/contradict_life_event", &[("reference", &reference)]).await.assert_says("A person has checked it");
        assert_eq!(holds(&portal).await, 1, "what a person confirmed a person ends");

        // An account that comes later is held as well.
        let later = SeedAccount { customer_id: Some(seeded.customer_id.clone()), ..SeedAccount::default() };
        seed::account(&test.db, later).await;
        jobs::sweep(&portal.state).await;
        assert_eq!(holds(&portal).await, 2, "{}", test.name);
        jobs::sweep(&portal.state).await;
        assert_eq!(holds(&portal).await, 2, "once");

        assert_eq!(life_events::end(&portal.state, &reference, "Ines").await.expect("an answer"), Ok(()));
        assert_eq!(holds(&portal).await, 0);
        person.get(&format!("/account/{id}/pay")).await.assert_says("name=\"purpose\"");
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_found_nobody_is_given_an_account_by_a_person() {
    let test = support::sqlite().await;
    let portal = portal_of(&test).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let other = seed::account(&test.db, SeedAccount::default()).await;
    tell(&portal, &report("NG-TYPO", "insolvent", "trustee")).await;
    let reference = newest(&portal).await;
    let trustee = Confirmation {
        to: Some(ToldBy::Trustee),
        name: Some("Tessa Trustee".to_owned()),
        address: vec!["9 Court St".to_owned()],
        ..by(&reference)
    };
    assert_eq!(life_events::confirm(&portal.state, &trustee).await.expect("an answer"), Err(NotDecided::NobodyKnown));
    let with = |account: &str| Confirmation { account: Some(account.to_owned()), ..trustee.clone() };
    assert_eq!(life_events::confirm(&portal.state, &with("NG-0")).await.expect("an answer"), Err(NotDecided::NoSuchAccount));
    life_events::confirm(&portal.state, &with(&seeded.reference)).await.expect("an answer").expect("confirmed");
    assert_eq!(portal.number("select count(*) from holds where kind = 'insolvency'").await, 1);
    // One that did find somebody is not given to somebody else.
    tell(&portal, &report(&other.reference, "insolvent", "trustee")).await;
    let found = Confirmation { reference: newest(&portal).await, ..with(&seeded.reference) };
    assert_eq!(life_events::confirm(&portal.state, &found).await.expect("an answer"), Err(NotDecided::OtherCustomer));
    assert_eq!(life_events::dismiss(&portal.state, &found.reference, "Ines").await.expect("an answer"), Ok(()));
    assert_eq!(holds(&portal).await, 1, "that of the other is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breathing_space_ends_by_itself_and_its_customer_is_told_before_anything_else() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let id = seeded.account_id.as_str();
        let end = [("ends_on_day", "24"), ("ends_on_month", "12"), ("ends_on_year", "2026"), ("address", "9 Advice Rd\nDenver")];
        let reference = told(&portal, &seeded, "breathing_space", "adviser", &end).await;
        let mut person = portal.person(&seeded).await;
        person.get(&format!("/account/{id}")).await.assert_says("you are in a breathing space");
        person.get(&format!("/account/{id}/pay")).await.assert_says("name=\"purpose\"");
        let too_long = Confirmation { until: Some("2029-01-01".parse().expect("a day")), ..by(&reference) };
        let refused = life_events::confirm(&portal.state, &too_long).await.expect("an answer");
        assert!(matches!(refused, Err(NotDecided::NoSuchEnd { .. })), "{refused:?}");
        life_events::confirm(&portal.state, &by(&reference)).await.expect("an answer").expect("confirmed");
        assert_eq!(portal.number("select count(*) from outbox where state = 'printing'").await, 1, "to the adviser");
        person.get(&format!("/life-events/{reference}")).await.assert_says("It lasts until Thursday 24 December 2026");

        // The evening before, nothing; the morning after, the letter first, then the hold is over.
        let evening = on(&test, "2026-12-25T06:00:00Z").await;
        assert_eq!(holds(&evening).await, 1, "{}", test.name);
        let copies = "select count(*) from outbox where template = 'life_event_letter' and channel = 'email'";
        assert_eq!(evening.number(copies).await, 0);
        let night = Portal::open_with(&test.url, &[("sandbox.clock", "2026-12-25T07:30:00Z")]).await;
        jobs::sweep(&night.state).await;
        night.work().await;
        jobs::sweep(&night.state).await;
        assert_eq!(night.number(copies).await, 1, "written");
        assert_eq!(holds(&night).await, 1, "{}: it cannot leave at night, and so the hold goes on", test.name);
        let morning = on(&test, "2026-12-25T18:00:00Z").await;
        jobs::sweep(&morning.state).await;
        assert_eq!(
            morning.number("select count(*) from outbox where template = 'life_event_letter' and state = 'sent'").await,
            1
        );
        let letter = newest_letter(&morning).await;
        for said in ["Your breathing space is over.", "Until Monday 4 January 2027 nothing is asked for", "$300.00 $1,200.00"] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        assert!(!letter.contains("We were told"), "a person had checked it: {letter}");
        let page = morning.person(&seeded).await.get(&format!("/life-events/{reference}")).await;
        page.assert_says("It is over. Until Monday 4 January 2027 nothing is asked for or collected.");
        // The quiet days, and then everything goes on.
        let last = on(&test, "2027-01-05T06:30:00Z").await;
        jobs::sweep(&last.state).await;
        assert_eq!(holds(&last).await, 1, "{}: to the end of the day that the letter names", test.name);
        let after = on(&test, "2027-01-05T18:00:00Z").await;
        jobs::sweep(&after.state).await;
        assert_eq!(holds(&after).await, 0, "{}", test.name);
        assert_eq!(after.number(copies).await, 1, "told once");
        let page = after.person(&seeded).await.get(&format!("/life-events/{reference}")).await;
        page.assert_says("It is over. Everything goes on as before.");
    }
}

/// What the newest letter about something that was told says, its lines joined.
async fn newest_letter(portal: &Portal) -> String {
    let bytes: Vec<u8> =
        sqlx::query_scalar("select bytes from documents where kind = 'life_event' order by issued_at desc, id desc limit 1")
            .fetch_one(portal.state.db.pool())
            .await
            .expect("a letter");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("written");
    let output = Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output().expect("pdftotext is there");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breathing_space_that_nobody_checked_ends_with_a_letter_too_and_with_one_alone() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let spanish = SeedAccount { language: "es".into(), ..SeedAccount::default() };
        let seeded = seed::account(&test.db, spanish).await;
        let end = [("ends_on_day", "24"), ("ends_on_month", "12"), ("ends_on_year", "2026")];
        // Two people tell it, and one of them tells it of somebody we do not know.
        let first = told(&portal, &seeded, "breathing_space", "adviser", &end).await;
        let second = told(&portal, &seeded, "breathing_space", "family", &end).await;
        let nobody = report("NG-NOBODY", "breathing_space", "adviser").into_iter().chain(end).collect::<Vec<_>>();
        tell(&portal, &nobody).await;
        assert_eq!(holds(&portal).await, 2, "{}", test.name);

        // It lasts to the end of its day where the customer lives.
        let evening = on(&test, "2026-12-25T06:00:00Z").await;
        jobs::sweep(&evening.state).await;
        let letters = "select count(*) from documents where kind = 'life_event'";
        assert_eq!(evening.number(letters).await, 0, "{}", test.name);
        let morning = on(&test, "2026-12-25T18:00:00Z").await;
        for _ in 0..2 {
            jobs::sweep(&morning.state).await;
            morning.work().await;
        }
        assert_eq!(morning.number(letters).await, 1, "{}: of two that end its customer is told once", test.name);
        assert_eq!(
            morning.number("select count(*) from outbox where template = 'life_event_letter' and state = 'sent'").await,
            1
        );
        let letter = newest_letter(&morning).await;
        for said in [
            "Nos dijeron que usted está en un periodo de respiro hasta el jueves, 24 de diciembre de 2026",
            "Hasta el lunes, 4 de enero de 2027 no se le pide ni se le cobra nada",
            "Lo que debe",
            "Díganoslo con el número de arriba",
        ] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        assert_eq!(holds(&morning).await, 1, "{}: the quiet days", test.name);
        assert_eq!(morning.number("select count(*) from life_events where state = 'ended'").await, 2);
        assert_eq!(morning.number("select count(*) from life_events where state = 'told'").await, 1, "for a person to find out");
        let again = life_events::confirm(&morning.state, &by(&first)).await.expect("an answer");
        assert_eq!(again, Err(NotDecided::NotNow(LifeEventState::Ended)), "it does not begin anew");
        let mut person = morning.person(&seeded).await;
        for reference in [&first, &second] {
            let page = person.post("/api/contradict_life_event", &[("reference", reference)]).await;
            page.assert_says("Ha terminado");
        }
        assert_eq!(holds(&morning).await, 1);

        let after = on(&test, "2027-01-05T18:00:00Z").await;
        jobs::sweep(&after.state).await;
        jobs::sweep(&after.state).await;
        assert_eq!(holds(&after).await, 0, "{}", test.name);
        assert_eq!(after.number(letters).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_held_nothing_ends_without_a_letter() {
    let [test, _] = support::both().await;
    let portal = portal_of(&test).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let reference = told(&portal, &seeded, "breathing_space", "other", &[]).await;
    let mut person = portal.person(&seeded).await;
    person.post("/api/contradict_life_event", &[("reference", &reference)]).await.assert_says("You told us that it is not right");
    told(&portal, &seeded, "breathing_space", "other", &[]).await;
    assert_eq!(holds(&portal).await, 0, "the customer has said that it is not so");
    let after = on(&test, "2027-03-01T18:00:00Z").await;
    jobs::sweep(&after.state).await;
    assert_eq!(after.number("select count(*) from documents where kind = 'life_event'").await, 0);
    assert_eq!(after.number("select count(*) from life_events where state = 'ended'").await, 1);
    assert_eq!(holds(&after).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_day_is_never_let_pass_in_silence() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let reference = told(&portal, &seeded, "died", "family", &[]).await;
        let late = on(&test, "2026-11-25T18:00:00Z").await;
        jobs::sweep(&late.state).await;
        assert_eq!(late.number("select times_late from life_events").await, 1, "{}: once a day that passed", test.name);
        let page = Person::at(&late.address).get(&format!("/told-us/received/{reference}")).await;
        page.assert_says("We are not done in time");
        page.assert_says("Friday 27 November 2026");
        assert_eq!(holds(&late).await, 1, "the hold goes on");
        assert_eq!(late.number("select count(*) from events where action = 'life_event.late'").await, 1);
        Person::at(&late.address).get("/told-us/received/LE-2222-2222").await.assert_says("find this message");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_collected_and_nothing_is_called_missed_while_it_is_told() {
    for test in support::both().await {
        let (stage, _) = announced(&test, Method::Approved).await;
        let portal = on(&test, NOTICE_DAY).await;
        told(&portal, &stage.seeded, "died", "family", &[]).await;
        let portal = on(&test, DUE_DAY).await;
        assert_eq!(portal.number("select count(*) from payments").await, 0, "{}", test.name);
        assert_eq!(stands(&tries(&portal).await), [(1, 1, "not_collected", "held")], "{}", test.name);
        // Long after the time to put it right.
        let portal = on(&test, "2027-01-20T19:00:00Z").await;
        portal.work_an_hour_later().await;
        assert_eq!(portal.word("select state from agreements").await, "active", "{}", test.name);
        assert_eq!(portal.number("select count(*) from outbox where template = 'instalment_missed'").await, 0);
        portal.assert_books_are_right().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_is_signed_in_need_not_say_who_they_are() {
    for test in support::both().await {
        let portal = portal_of(&test).await;
        let seeded = seed::account(&test.db, SeedAccount::default()).await;
        let mut person = portal.person(&seeded).await;
        person.get(&format!("/account/{}/hardship", seeded.account_id)).await.assert_says("href=\"/told-us\"");
        let form = person.get("/told-us").await;
        form.assert_never_says("name=\"family_name\"");
        let fields =
            [("happened", "insolvent"), ("told_by", "myself"), ("teller_name", "Ada Moreno"), ("reply_to", "ada@example.net")];
        person.post("/api/tell_us", &fields).await.assert_says("Thank you for telling us");
        assert_eq!(holds(&portal).await, 1, "{}", test.name);
        let reference = newest(&portal).await;
        life_events::confirm(&portal.state, &by(&reference)).await.expect("an answer").expect("confirmed");
        portal.work().await;
        let sent = "select count(*) from outbox where template = 'life_event_letter' and state = 'sent' and channel = 'email'";
        assert_eq!(portal.number(sent).await, 1, "{}: to the customer over their own channel", test.name);
        // Before signing in the form asks for it, and the door leads there.
        let mut stranger = Person::at(&portal.address);
        stranger.get("/").await.assert_says("href=\"/told-us\"");
        stranger.get("/told-us").await.assert_says("name=\"family_name\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_works_through_the_list_by_command() {
    let test = support::sqlite().await;
    let portal = portal_of(&test).await;
    let seeded = seed::account(&test.db, SeedAccount::default()).await;
    let reference = told(&portal, &seeded, "died", "executor", &[("address", "1 Main St; Denver")]).await;
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .arg("life-event")
            .args(arguments)
            .env("EVENKEEL_DATABASE_URL", &test.url)
            .env("EVENKEEL_SANDBOX_ENABLED", "true")
            .env("EVENKEEL_SANDBOX_CLOCK", "2026-11-20T18:00:00Z")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, listed) = run(&["list"]);
    assert!(code == Some(0) && listed.contains(&reference) && listed.contains(&seeded.reference), "{listed}");
    assert!(run(&["list", "--json"]).1.contains("\"late\":false"));
    let (_, shown) = run(&["show", &reference]);
    assert!(shown.contains("Luis Moreno (executor)") && shown.contains("1 Main St; Denver"), "{shown}");
    assert_eq!(run(&["show", "LE-0"]).0, Some(1));
    assert_eq!(run(&["confirm", &reference, "--by", " "]).0, Some(2));
    assert_eq!(run(&["end", &reference, "--by", "Ines"]).0, Some(1), "not confirmed yet");
    let (code, confirmed) = run(&["confirm", &reference, "--by", "Ines"]);
    assert!(code == Some(0) && confirmed.contains("Confirmed. Letter DC-"), "{confirmed}");
    assert_eq!(run(&["list"]).1, "");
    assert!(run(&["list", "--confirmed"]).1.contains(&reference));
    assert_eq!(run(&["dismiss", &reference, "--by", "Ines"]).0, Some(1));
    assert_eq!(run(&["end", &reference, "--by", "Ines"]).0, Some(0));
    assert_eq!(holds(&portal).await, 0);
}
