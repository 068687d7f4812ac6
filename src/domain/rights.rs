//! Who of the staff may do what: one table of roles and actions. Nothing else in the house decides it; `server/http/staff_doors`
//! says which action each address is, and is closed where it says nothing.

/// What a person does here. The words are in the glossary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Helps customers.
    Agent,
    /// Decides cases.
    Reviewer,
    /// Answers for the rules, and is the second pair of eyes.
    Manager,
    /// Answers for people and machines. Sees no customer.
    Administrator,
    /// Sees everything and changes nothing.
    Auditor,
    /// Somebody of a creditor's, or who works for it: sees that creditor's customers only.
    Partner,
}

impl Role {
    pub const ALL: [Role; 6] = [Role::Agent, Role::Reviewer, Role::Manager, Role::Administrator, Role::Auditor, Role::Partner];

    pub fn code(self) -> &'static str {
        match self {
            Role::Agent => "agent",
            Role::Reviewer => "reviewer",
            Role::Manager => "manager",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
            Role::Partner => "partner",
        }
    }

    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether they say why before they look at a customer: everybody but those whose work is this customer.
    pub fn says_why(self) -> bool {
        match self {
            Role::Manager | Role::Auditor | Role::Partner | Role::Administrator => true,
            Role::Agent | Role::Reviewer => false,
        }
    }
}

/// What can be done by staff, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    FindCustomer,
    ViewCustomer,
    WriteNote,
    Assist,
    Propose,
    AnswerMessage,
    RecordPayment,
    ApprovePayment,
    TakeWork,
    HandOver,
    DecideHardship,
    DecideDispute,
    DecideRequest,
    DecideAboveLimit,
    ViewPolicy,
    EditPolicy,
    PublishPolicy,
    ViewTrail,
    ExportTrail,
    MakeDossier,
    ViewRetention,
    Import,
    ViewOutbox,
    RetryWork,
    ChangeSettings,
    ViewStaff,
    ManageStaff,
    Train,
}

impl Action {
    pub const ALL: [Action; 28] = [
        Action::FindCustomer,
        Action::ViewCustomer,
        Action::WriteNote,
        Action::Assist,
        Action::Propose,
        Action::AnswerMessage,
        Action::RecordPayment,
        Action::ApprovePayment,
        Action::TakeWork,
        Action::HandOver,
        Action::DecideHardship,
        Action::DecideDispute,
        Action::DecideRequest,
        Action::DecideAboveLimit,
        Action::ViewPolicy,
        Action::EditPolicy,
        Action::PublishPolicy,
        Action::ViewTrail,
        Action::ExportTrail,
        Action::MakeDossier,
        Action::ViewRetention,
        Action::Import,
        Action::ViewOutbox,
        Action::RetryWork,
        Action::ChangeSettings,
        Action::ViewStaff,
        Action::ManageStaff,
        Action::Train,
    ];

    /// Whether it leaves anything of a customer's, of the rules or of the staff different from before. That somebody looked is
    /// written down too, and is no change.
    pub fn changes(self) -> bool {
        match self {
            Action::FindCustomer
            | Action::ViewCustomer
            | Action::ViewPolicy
            | Action::ViewTrail
            | Action::ExportTrail
            | Action::MakeDossier
            | Action::ViewRetention
            | Action::ViewOutbox
            | Action::ViewStaff => false,
            Action::WriteNote
            | Action::Assist
            | Action::Propose
            | Action::AnswerMessage
            | Action::RecordPayment
            | Action::ApprovePayment
            | Action::TakeWork
            | Action::HandOver
            | Action::DecideHardship
            | Action::DecideDispute
            | Action::DecideRequest
            | Action::DecideAboveLimit
            | Action::EditPolicy
            | Action::PublishPolicy
            | Action::Import
            | Action::RetryWork
            | Action::ChangeSettings
            | Action::ManageStaff
            | Action::Train => true,
        }
    }
}

/// Whose customer it is about, for somebody who was given creditors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of a creditor that was given to them.
    Theirs,
    /// Of another one.
    Others,
    /// Of nobody in particular: a list, a setting.
    Nobodys,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    No,
    Yes,
    /// For the creditors they were given. Of a list they see that part.
    Given,
}

#[rustfmt::skip]
const TABLE: [(Action, [May; 6]); 28] = {
    use Action::*;
    use May::*;
    [
        //                   agent reviewer manager administrator auditor partner
        (FindCustomer,      [Yes,  Yes,     Yes,    No,           Yes,    Given]),
        (ViewCustomer,      [Yes,  Yes,     Yes,    No,           Yes,    Given]),
        (WriteNote,         [Yes,  Yes,     Yes,    No,           No,     Given]),
        (Assist,            [Yes,  Yes,     Yes,    No,           No,     Given]),
        (Propose,           [Yes,  Yes,     Yes,    No,           No,     Given]),
        (AnswerMessage,     [Yes,  Yes,     Yes,    No,           No,     No   ]),
        (RecordPayment,     [Yes,  Yes,     Yes,    No,           No,     No   ]),
        (ApprovePayment,    [No,   Yes,     Yes,    No,           No,     No   ]),
        (TakeWork,          [Yes,  Yes,     Yes,    No,           No,     No   ]),
        (HandOver,          [Yes,  Yes,     Yes,    No,           No,     No   ]),
        (DecideHardship,    [No,   Yes,     Yes,    No,           No,     No   ]),
        (DecideDispute,     [No,   Yes,     Yes,    No,           No,     No   ]),
        (DecideRequest,     [No,   Yes,     Yes,    No,           No,     No   ]),
        (DecideAboveLimit,  [No,   No,      Yes,    No,           No,     No   ]),
        (ViewPolicy,        [Yes,  Yes,     Yes,    Yes,          Yes,    No   ]),
        (EditPolicy,        [No,   No,      Yes,    No,           No,     No   ]),
        (PublishPolicy,     [No,   No,      Yes,    No,           No,     No   ]),
        (ViewTrail,         [No,   No,      Yes,    No,           Yes,    No   ]),
        (ExportTrail,       [No,   No,      Yes,    No,           Yes,    No   ]),
        (MakeDossier,       [No,   No,      Yes,    No,           Yes,    No   ]),
        (ViewRetention,     [No,   No,      Yes,    Yes,          Yes,    No   ]),
        (Import,            [No,   No,      Yes,    Yes,          No,     No   ]),
        (ViewOutbox,        [No,   No,      Yes,    Yes,          Yes,    No   ]),
        (RetryWork,         [No,   No,      No,     Yes,          No,     No   ]),
        (ChangeSettings,    [No,   No,      No,     Yes,          No,     No   ]),
        (ViewStaff,         [No,   No,      Yes,    Yes,          Yes,    No   ]),
        (ManageStaff,       [No,   No,      No,     Yes,          No,     No   ]),
        (Train,             [Yes,  Yes,     Yes,    Yes,          No,     Yes  ]),
    ]
};

/// Whether this role may do this, for a customer of this kind. What is not in the table nobody may.
pub fn may(role: Role, action: Action, whose: Whose) -> bool {
    let Some((_, row)) = TABLE.iter().find(|(of, _)| *of == action) else { return false };
    let Some(column) = Role::ALL.iter().position(|of| *of == role) else { return false };
    match (row[column], whose) {
        (May::No, _) | (May::Given, Whose::Others) => false,
        (May::Yes, _) | (May::Given, Whose::Theirs | Whose::Nobodys) => true,
    }
}

/// Everything this role may do, in the order of the table.
pub fn rights_of(role: Role) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| may(role, *action, Whose::Nobodys)).collect()
}

/// Whether somebody can be the second pair of eyes of what another did: whoever they are, not of their own.
pub fn is_second_pair_of_eyes(first_staff_id: &str, second_staff_id: &str) -> bool {
    first_staff_id != second_staff_id
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rights in words of their own, so that a slip in the table above shows. One letter a role, in the order of `Role::ALL`:
    /// `x` may, `.` may not, `g` may for creditors they were given.
    const EXPECTED: &str = "
        FindCustomer      x x x . x g
        ViewCustomer      x x x . x g
        WriteNote         x x x . . g
        Assist            x x x . . g
        Propose           x x x . . g
        AnswerMessage     x x x . . .
        RecordPayment     x x x . . .
        ApprovePayment    . x x . . .
        TakeWork          x x x . . .
        HandOver          x x x . . .
        DecideHardship    . x x . . .
        DecideDispute     . x x . . .
        DecideRequest     . x x . . .
        DecideAboveLimit  . . x . . .
        ViewPolicy        x x x x x .
        EditPolicy        . . x . . .
        PublishPolicy     . . x . . .
        ViewTrail         . . x . x .
        ExportTrail       . . x . x .
        MakeDossier       . . x . x .
        ViewRetention     . . x x x .
        Import            . . x x . .
        ViewOutbox        . . x x x .
        RetryWork         . . . x . .
        ChangeSettings    . . . x . .
        ViewStaff         . . x x x .
        ManageStaff       . . . x . .
        Train             x x x x . x";

    #[test]
    fn every_role_may_do_exactly_what_is_written_here() {
        let lines: Vec<&str> = EXPECTED.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), Action::ALL.len());
        for (line, action) in lines.iter().zip(Action::ALL) {
            let mut words = line.split_whitespace();
            assert_eq!(words.next(), Some(format!("{action:?}").as_str()));
            let marks: Vec<&str> = words.collect();
            assert_eq!(marks.len(), Role::ALL.len(), "{line}");
            for (mark, role) in marks.iter().zip(Role::ALL) {
                let told = format!("{role:?} {action:?}");
                assert_eq!(may(role, action, Whose::Theirs), *mark != ".", "{told}, theirs");
                assert_eq!(may(role, action, Whose::Nobodys), *mark != ".", "{told}, nobody's");
                assert_eq!(may(role, action, Whose::Others), *mark == "x", "{told}, another's");
            }
        }
    }

    #[test]
    fn the_table_has_every_action_once() {
        for action in Action::ALL {
            assert_eq!(TABLE.iter().filter(|(of, _)| *of == action).count(), 1, "{action:?}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        assert!(rights_of(Role::Auditor).into_iter().all(|action| !action.changes()));
        assert!(!rights_of(Role::Auditor).is_empty());
    }

    #[test]
    fn a_partner_never_reaches_a_customer_of_another_creditor() {
        for action in Action::ALL.into_iter().filter(|action| *action != Action::Train) {
            assert!(!may(Role::Partner, action, Whose::Others), "{action:?}");
        }
    }

    #[test]
    fn who_makes_people_sees_no_customer_and_who_sees_customers_makes_nobody() {
        for role in Role::ALL {
            let both = may(role, Action::ManageStaff, Whose::Nobodys) && may(role, Action::ViewCustomer, Whose::Theirs);
            assert!(!both, "{role:?}");
        }
    }

    #[test]
    fn nobody_is_the_second_pair_of_eyes_of_their_own_decision() {
        assert!(!is_second_pair_of_eyes("a", "a"));
        assert!(is_second_pair_of_eyes("a", "b"));
    }

    #[test]
    fn every_role_has_a_code_and_is_found_by_it() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("Agent"), None);
    }
}
