//! The HTML shell and the route table: every screen once.

use crate::components::evidence::{CASE_VALUE, EvidenceFrame, PANEL};
use crate::components::frame::{Frame, Mode, Reach, Visitor, provide_frame};
use crate::pages::account::history::HistoryPage;
use crate::pages::account::{AccountPage, AccountsPage};
use crate::pages::adviser::AdviserPage;
use crate::pages::agreement_end::AgreementEndPage;
use crate::pages::ask_document::AskDocumentPage;
use crate::pages::authorise::AuthorisePage;
use crate::pages::change::ChangePage;
use crate::pages::change_check::ChangeCheckPage;
use crate::pages::change_kind::ChangeKindPage;
use crate::pages::components::ComponentsPage;
use crate::pages::confirmation::ConfirmationPage;
use crate::pages::consent::ConsentPage;
use crate::pages::contact::ContactPage;
use crate::pages::contact::received::ContactReceivedPage;
use crate::pages::conversation::ConversationPage;
use crate::pages::conversation::sent::MessageSentPage;
use crate::pages::details::DetailsPage;
use crate::pages::details_address::DetailsAddressPage;
use crate::pages::details_address_check::DetailsAddressCheckPage;
use crate::pages::details_email::DetailsEmailPage;
use crate::pages::details_name::DetailsNamePage;
use crate::pages::details_phone::DetailsPhonePage;
use crate::pages::details_proof::DetailsProofPage;
use crate::pages::devices::DevicesPage;
use crate::pages::dispute::DisputePage;
use crate::pages::dispute_check::DisputeCheckPage;
use crate::pages::dispute_status::DisputeStatusPage;
use crate::pages::documents::DocumentsPage;
use crate::pages::hardship::HardshipPage;
use crate::pages::hardship_case::HardshipCasePage;
use crate::pages::hardship_check::HardshipCheckPage;
use crate::pages::hardship_money::HardshipMoneyPage;
use crate::pages::helper_add::HelperAddPage;
use crate::pages::helper_check::HelperCheckPage;
use crate::pages::helper_door::HelperDoorPage;
use crate::pages::helper_home::{HelperHomePage, HelperRefusedPage};
use crate::pages::helper_invitation::HelperInvitationPage;
use crate::pages::helpers::HelpersPage;
use crate::pages::home::HomePage;
use crate::pages::how_was_this::HowWasThisPage;
use crate::pages::join::JoinPage;
use crate::pages::life_event::LifeEventPage;
use crate::pages::link::LinkPage;
use crate::pages::mandate::MandatePage;
use crate::pages::message::MessagePage;
use crate::pages::message::received::MessageReceivedPage;
use crate::pages::message_check::MessageCheckPage;
use crate::pages::messages::MessagesPage;
use crate::pages::options::OptionsPage;
use crate::pages::pay::PayPage;
use crate::pages::pay_check::PayCheckPage;
use crate::pages::pay_several::PaySeveralPage;
use crate::pages::pay_several_check::PaySeveralCheckPage;
use crate::pages::payment::PaymentPage;
use crate::pages::plan::{CatchUpPage, PlanPage};
use crate::pages::promise::{ExtensionPage, PromisePage};
use crate::pages::review::ReviewPage;
use crate::pages::sign::SignPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::signed_out::SignedOutPage;
use crate::pages::signing_in::SigningInPage;
use crate::pages::statement::StatementPage;
use crate::pages::stop::StopPage;
use crate::pages::stop_contact::StopContactPage;
use crate::pages::told_us::ToldUsPage;
use crate::pages::told_us::received::ToldUsReceivedPage;
use crate::pages::verify::VerifyPage;
use crate::pages::what_if::WhatIfPage;
use crate::pages::wishes::WishesPage;
use crate::pages::you::YouPage;
use crate::paths;
use crate::server::config::{Config, Texts};
use crate::server::context;
use crate::staff::authenticator::StaffAuthenticatorPage;
use crate::staff::code::StaffCodePage;
use crate::staff::first_password::StaffFirstPasswordPage;
use crate::staff::home::{StaffHomePage, StaffNotOpenPage};
use crate::staff::people::StaffPeoplePage;
use crate::staff::person::StaffPersonPage;
use crate::staff::person_add::StaffPersonAddPage;
use crate::staff::recovery_codes::StaffRecoveryCodesPage;
use crate::staff::sign_in::StaffSignInPage;
use crate::staff::you::StaffYouPage;
use crate::staff::your_authenticator::StaffYourAuthenticatorPage;
use crate::staff::your_password::StaffYourPasswordPage;
use crate::staff::your_recovery_codes::StaffYourRecoveryCodesPage;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{ParamSegment, SsrMode, StaticSegment};

/// The document around every screen. Scripts are added only by screens that have an island.
pub fn shell(stylesheet: &str) -> impl IntoView + use<> {
    view! {
        <!DOCTYPE html>
        <html lang=context::language().tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="robots" content="noindex, nofollow"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#faf8f3"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0e171d"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link id="style" rel="stylesheet" href=stylesheet.to_owned()/>
                {brand_stylesheet()}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_frame(frame());
    provide_context(evidence_frame());
    view! {
        <Router>
            // An address that is no screen never comes here: http/ answers it.
            <Routes fallback=|| ()>
                <Route path=StaticSegment("") view=HomePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("link"), ParamSegment("token")) view=LinkPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("stop"), ParamSegment("token")) view=StopPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("signed-out") view=SignedOutPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("contact") view=ContactPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("contact"), StaticSegment("received"), ParamSegment("reference")) view=ContactReceivedPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("told-us") view=ToldUsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("told-us"), StaticSegment("received"), ParamSegment("reference")) view=ToldUsReceivedPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("helpers")) view=HelpersPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("helpers"), StaticSegment("add")) view=HelperAddPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("helpers"), StaticSegment("check")) view=HelperCheckPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("helper") view=HelperDoorPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("helper"), StaticSegment("invitation"), ParamSegment("token")) view=HelperInvitationPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("helping") view=HelperHomePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("helping"), StaticSegment("not-open")) view=HelperRefusedPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("life-events"), ParamSegment("reference")) view=LifeEventPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("options")) view=OptionsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("options"), StaticSegment("catch-up")) view=CatchUpPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("options"), StaticSegment("plan")) view=PlanPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("options"), StaticSegment("later-date")) view=ExtensionPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("options"), StaticSegment("promise")) view=PromisePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("check")) view=ReviewPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("sign")) view=SignPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("hardship")) view=HardshipPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("hardship"), StaticSegment("money")) view=HardshipMoneyPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("hardship"), StaticSegment("check")) view=HardshipCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("hardship"), ParamSegment("reference")) view=HardshipCasePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement")) view=ConfirmationPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("change")) view=ChangePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("change"), StaticSegment("check")) view=ChangeCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("change"), ParamSegment("kind")) view=ChangeKindPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("add-account")) view=JoinPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("what-if")) view=WhatIfPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("end")) view=AgreementEndPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("signing-in")) view=SigningInPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("signing-in"), StaticSegment("devices")) view=DevicesPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("verify") view=VerifyPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("pay")) view=PayPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("pay"), StaticSegment("check")) view=PayCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("pay-several"), ParamSegment("currency")) view=PaySeveralPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("pay-several"), ParamSegment("currency"), StaticSegment("check")) view=PaySeveralCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("payments"), ParamSegment("reference")) view=PaymentPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("agreements"), ParamSegment("agreement"), StaticSegment("automatic")) view=AuthorisePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("mandates"), ParamSegment("reference")) view=MandatePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("components") view=ComponentsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("you") view=YouPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details")) view=DetailsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("email")) view=DetailsEmailPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("phone")) view=DetailsPhonePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("address")) view=DetailsAddressPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("address"), StaticSegment("check")) view=DetailsAddressCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("name")) view=DetailsNamePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("details"), StaticSegment("proof"), ParamSegment("what")) view=DetailsProofPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("contact")) view=WishesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("contact"), StaticSegment("consent"), ParamSegment("what")) view=ConsentPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("contact"), StaticSegment("stop")) view=StopContactPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("you"), StaticSegment("contact"), StaticSegment("adviser")) view=AdviserPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("documents") view=DocumentsPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("account") view=AccountsPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account")) view=AccountPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("history")) view=HistoryPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("statement")) view=StatementPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("message"), StaticSegment("received"), ParamSegment("reference")) view=MessageReceivedPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("message"), ParamSegment("topic")) view=MessagePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("messages") view=MessagesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("messages"), StaticSegment("new")) view=MessagePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("messages"), StaticSegment("draft")) view=MessageCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("messages"), ParamSegment("reference")) view=ConversationPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("messages"), ParamSegment("reference"), StaticSegment("draft")) view=MessageCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("messages"), ParamSegment("reference"), StaticSegment("sent")) view=MessageSentPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("how-was-this"), ParamSegment("reference")) view=HowWasThisPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("dispute")) view=DisputePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("dispute"), StaticSegment("check")) view=DisputeCheckPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("dispute"), StaticSegment("status")) view=DisputeStatusPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("account"), ParamSegment("account"), StaticSegment("letters")) view=AskDocumentPage ssr=SsrMode::Async/>
                <Route path=StaticSegment("staff") view=StaffHomePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("sign-in")) view=StaffSignInPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("sign-in"), StaticSegment("code")) view=StaffCodePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("first"), StaticSegment("password")) view=StaffFirstPasswordPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("first"), StaticSegment("authenticator")) view=StaffAuthenticatorPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("first"), StaticSegment("recovery-codes")) view=StaffRecoveryCodesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("not-open")) view=StaffNotOpenPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("you")) view=StaffYouPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("you"), StaticSegment("password")) view=StaffYourPasswordPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("you"), StaticSegment("authenticator")) view=StaffYourAuthenticatorPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("you"), StaticSegment("recovery-codes")) view=StaffYourRecoveryCodesPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("people")) view=StaffPeoplePage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("people"), StaticSegment("add")) view=StaffPersonAddPage ssr=SsrMode::Async/>
                <Route path=(StaticSegment("staff"), StaticSegment("people"), ParamSegment("person")) view=StaffPersonPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// The operator's colours after ours; nothing where none are set.
fn brand_stylesheet() -> impl IntoView {
    let look = context::state()?.look;
    let version = look.stylesheet.as_ref()?.version.clone();
    Some(view! { <link rel="stylesheet" href=format!("{}?v={version}", paths::BRAND_STYLESHEET)/> })
}

/// What the panel of evidence says beside what is in it.
fn evidence_frame() -> EvidenceFrame {
    let keep_days = context::state().map_or(0, |state| state.config.evidence.keep_days);
    let refused = context::flash(PANEL).and_then(|flash| {
        let case = flash.values.get(CASE_VALUE)?.clone();
        let (_, code) = flash.errors.into_iter().next()?;
        Some((case, code))
    });
    EvidenceFrame { keep_days, refused }
}

fn mode(config: &Config) -> Mode {
    let writes = config.mail.is_some() || matches!(config.texts, Texts::Http { .. });
    match (config.sandbox, writes) {
        (false, _) => Mode::Live,
        (true, false) => Mode::Sandbox,
        (true, true) => Mode::SandboxThatWrites,
    }
}

/// A request has one kind of session, and so at most one of the two.
fn visitor() -> Visitor {
    match (context::staff::member(), context::signed_in()) {
        (Some(_), _) => Visitor::Staff,
        (None, Some(_)) => Visitor::SignedIn,
        (None, None) => Visitor::Unknown,
    }
}

/// What stands around the screen of this request.
fn frame() -> Frame {
    let Some(state) = context::state() else {
        return Frame::default();
    };
    let config = &state.config;
    Frame {
        language: context::language(),
        visitor: visitor(),
        portal_name: config.portal_name.clone(),
        reach: Reach {
            phone: config.contact.phone.clone(),
            hours: config.contact.hours(context::language()),
            postal_address: config.contact.postal_address.clone(),
            answer_working_days: config.contact.answer_working_days,
        },
        mode: mode(config),
        here: context::here(),
        held_for: context::signed_in().and_then(|visitor| visitor.held_for),
        held_until: context::signed_in().and_then(|visitor| visitor.held_until),
        told_of: context::signed_in().and_then(|visitor| visitor.told_of),
        seen_by: context::signed_in().and_then(|visitor| visitor.seen_by),
        helping: context::signed_in().and_then(|visitor| visitor.helping),
        plan_program: state.plan_program.as_deref().map(str::to_owned),
        logo: state.look.logo.as_ref().map(|logo| format!("{}?v={}", paths::BRAND_LOGO, logo.version)),
    }
}
