//! What of the portal is open to whom of the staff: one table of addresses, default closed. Which role may do which action is the
//! table in `domain/rights`; nothing else decides.

use crate::domain::rights::Action;
use crate::domain::staff_entry::Step;
use http::Method;

/// What opens an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody: it shows nothing of the portal's.
    Open,
    /// Whoever is at this step of coming in.
    At(Step),
    /// Whoever is signed in: it is about themselves.
    Own,
    /// Whose role may do this.
    May(Action),
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
}

const TABLE: [(Verb, &str, Door); 33] = {
    use Door::*;
    use Verb::*;
    [
        (Get, "/staff/sign-in", Open),
        (Post, "/api/staff_sign_in", Open),
        (Post, "/api/staff_sign_out", Open),
        (Post, "/api/staff_extend_session", Open),
        (Get, "/staff/sign-in/code", At(Step::ShowCode)),
        (Post, "/api/staff_show_code", At(Step::ShowCode)),
        (Get, "/staff/first/password", At(Step::ChoosePassword)),
        (Post, "/api/staff_choose_password", At(Step::ChoosePassword)),
        (Get, "/staff/first/authenticator", At(Step::SetUpCode)),
        (Post, "/api/staff_set_up_code", At(Step::SetUpCode)),
        (Get, "/staff/first/recovery-codes", At(Step::KeepCodes)),
        (Post, "/api/staff_keep_codes", At(Step::KeepCodes)),
        (Get, "/staff", Own),
        (Get, "/staff/not-open", Own),
        (Get, "/staff/you", Own),
        (Post, "/api/staff_end_own_sessions", Own),
        (Get, "/staff/you/password", Own),
        (Post, "/api/staff_change_password", Own),
        (Get, "/staff/you/authenticator", Own),
        (Post, "/api/staff_replace_code", Own),
        (Get, "/staff/you/recovery-codes", Own),
        (Post, "/api/staff_replace_codes", Own),
        (Get, "/staff/people", May(Action::ViewStaff)),
        (Get, "/staff/people/add", May(Action::ManageStaff)),
        (Post, "/api/staff_add_person", May(Action::ManageStaff)),
        (Get, "/staff/people/{person}", May(Action::ViewStaff)),
        (Post, "/api/staff_change_role", May(Action::ManageStaff)),
        (Post, "/api/staff_give_creditors", May(Action::ManageStaff)),
        (Post, "/api/staff_disable", May(Action::ManageStaff)),
        (Post, "/api/staff_enable", May(Action::ManageStaff)),
        (Post, "/api/staff_end_sessions", May(Action::ManageStaff)),
        (Post, "/api/staff_reset_second_factor", May(Action::ManageStaff)),
        (Post, "/api/staff_make_password", May(Action::ManageStaff)),
    ]
};

/// What opens an address. Of an address as it comes and of one as the route table writes it alike.
pub fn door(method: &Method, path: &str) -> Door {
    let verb = match *method {
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        _ => return Door::Closed,
    };
    let found = TABLE.iter().find(|(of, pattern, _)| *of == verb && is_like(pattern, path));
    found.map_or(Door::Closed, |(_, _, door)| *door)
}

fn is_like(pattern: &str, path: &str) -> bool {
    let (mut expected, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(part), Some(segment)) if part == segment || (part.starts_with('{') && !segment.is_empty()) => {}
            (_, _) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_closed() {
        for path in ["/staff/nothing", "/staff/people/", "/staff/people/a/b", "/staff/", "/account"] {
            assert_eq!(door(&Method::GET, path), Door::Closed, "{path}");
        }
        assert_eq!(door(&Method::POST, "/api/staff_nothing"), Door::Closed);
        assert_eq!(door(&Method::POST, "/staff"), Door::Closed);
        assert_eq!(door(&Method::PUT, "/staff"), Door::Closed);
        assert_eq!(door(&Method::HEAD, "/staff"), Door::Own);
        assert_eq!(door(&Method::GET, "/staff/people/add"), Door::May(Action::ManageStaff));
        assert_eq!(door(&Method::GET, "/staff/people/0a"), Door::May(Action::ViewStaff));
    }

    #[test]
    fn nothing_changes_by_what_only_looks() {
        for (verb, pattern, door) in TABLE {
            if let (Verb::Post, Door::May(action)) = (verb, door) {
                assert!(action.changes(), "{pattern}");
            }
        }
    }
}
