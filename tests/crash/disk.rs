//! The disk is full: nothing can be written any more, and that is said.

use crate::portal::{Answer, Person};
use crate::server::Setup;
use crate::support;
use crate::support::seed::{self, SeedAccount, Seeded};
use evenkeel::server::ids;

/// More payments than fit.
const MOST_PAYMENTS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_called_paid_and_afterwards_all_is_right() {
    let test = support::sqlite().await;
    let seeded = seed::account(&test.db, SeedAccount { balance_minor: 900_000, ..SeedAccount::default() }).await;
    test.db.close().await;
    let setup = Setup::of(&test.url);
    // What is there, and a little for the log of what is written beside it.
    let file = std::fs::metadata(test.url.trim_start_matches("sqlite:")).expect("the database").len();
    let mut server = setup.start_on_a_disk_of(file / 1_024 + 1_500).await;
    let mut person = server.sign_in(&seeded).await;
    let mut refused = None;
    for _ in 0..MOST_PAYMENTS {
        refused = pay_once(&setup, &mut person, &seeded).await.err();
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("the disk was full before so many payments");
    refused.assert_never_says("Paid: $");
    refused.assert_never_says("No money has been taken");
    assert!(server.is_alive(), "it lives on");
    let paid = setup.number("select count(*) from payments where state = 'succeeded'").await;
    println!("full after {paid} payments: {} {}", refused.status, refused.url);
    assert!(paid > 0, "some were paid before");
    drop(server);

    let server = setup.start().await;
    let mut person = server.sign_in(&seeded).await;
    setup.settles("after a full disk").await;
    setup.assert_all_is_right("after a full disk").await;
    // And it goes on.
    if let Some(page) = setup.word("select hosted_page from payments where state = 'submitted' limit 1").await {
        // The portal has come up on another port.
        let path = page.splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("a path");
        person.press(&path, &[("method", "approved"), ("button", "pay")]).await.expect("an answer");
        setup.settles("with room again").await;
        setup.assert_all_is_right("with room again").await;
    }
}

/// Begins a payment, pays it and looks at it; the first answer that says that something is broken.
async fn pay_once(setup: &Setup, person: &mut Person, seeded: &Seeded) -> Result<(), Answer> {
    let check = |answer: Answer| if answer.status >= 500 { Err(answer) } else { Ok(()) };
    let key = ids::new_token();
    let fields = [("account", &*seeded.account_id), ("purpose", "part"), ("amount_minor", "2500"), ("key", &*key)];
    check(person.post_here("/api/start_payment", &fields).await)?;
    if let Some(page) = setup.word("select hosted_page from payments where state = 'submitted' limit 1").await {
        check(person.post_here(&page, &[("method", "approved"), ("button", "pay")]).await)?;
    }
    match setup.word("select reference from payments order by created_at desc, id desc limit 1").await {
        Some(reference) => check(person.get(&format!("/payments/{reference}")).await),
        None => Ok(()),
    }
}
