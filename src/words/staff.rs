//! What people who work here are called, what they may do, and what is wrong with a password of theirs.

use super::{Locale, td_string};
use crate::domain::rights::{Action, Role};

pub fn role_words(role: Role, words: Locale) -> &'static str {
    match role {
        Role::Agent => td_string!(words, staff.roles.agent),
        Role::Reviewer => td_string!(words, staff.roles.reviewer),
        Role::Manager => td_string!(words, staff.roles.manager),
        Role::Administrator => td_string!(words, staff.roles.administrator),
        Role::Auditor => td_string!(words, staff.roles.auditor),
        Role::Partner => td_string!(words, staff.roles.partner),
    }
}

pub fn action_words(action: Action, words: Locale) -> &'static str {
    match action {
        Action::FindCustomer => td_string!(words, staff.actions.find_customer),
        Action::ViewCustomer => td_string!(words, staff.actions.view_customer),
        Action::WriteNote => td_string!(words, staff.actions.write_note),
        Action::Assist => td_string!(words, staff.actions.assist),
        Action::Propose => td_string!(words, staff.actions.propose),
        Action::AnswerMessage => td_string!(words, staff.actions.answer_message),
        Action::RecordPayment => td_string!(words, staff.actions.record_payment),
        Action::ApprovePayment => td_string!(words, staff.actions.approve_payment),
        Action::TakeWork => td_string!(words, staff.actions.take_work),
        Action::HandOver => td_string!(words, staff.actions.hand_over),
        Action::DecideHardship => td_string!(words, staff.actions.decide_hardship),
        Action::DecideDispute => td_string!(words, staff.actions.decide_dispute),
        Action::DecideRequest => td_string!(words, staff.actions.decide_request),
        Action::DecideAboveLimit => td_string!(words, staff.actions.decide_above_limit),
        Action::ViewPolicy => td_string!(words, staff.actions.view_policy),
        Action::EditPolicy => td_string!(words, staff.actions.edit_policy),
        Action::PublishPolicy => td_string!(words, staff.actions.publish_policy),
        Action::ViewTrail => td_string!(words, staff.actions.view_trail),
        Action::ExportTrail => td_string!(words, staff.actions.export_trail),
        Action::MakeDossier => td_string!(words, staff.actions.make_dossier),
        Action::ViewRetention => td_string!(words, staff.actions.view_retention),
        Action::Import => td_string!(words, staff.actions.import),
        Action::ViewOutbox => td_string!(words, staff.actions.view_outbox),
        Action::RetryWork => td_string!(words, staff.actions.retry_work),
        Action::ChangeSettings => td_string!(words, staff.actions.change_settings),
        Action::ViewStaff => td_string!(words, staff.actions.view_staff),
        Action::ManageStaff => td_string!(words, staff.actions.manage_staff),
        Action::Train => td_string!(words, staff.actions.train),
    }
}

/// By the code of `WeakPassword`.
pub fn weak_words(code: &str, words: Locale) -> &'static str {
    match code {
        "too_long" => td_string!(words, staff.weak_too_long),
        "repetitive" => td_string!(words, staff.weak_repetitive),
        "guessed_first" => td_string!(words, staff.weak_guessed),
        "personal" => td_string!(words, staff.weak_personal),
        _ => td_string!(words, staff.weak_too_short),
    }
}
