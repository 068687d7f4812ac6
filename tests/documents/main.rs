//! Documents as other people's programs see them.

mod contents;
mod tools;

use evenkeel::domain::format;
use evenkeel::domain::language::Language;

#[test]
fn every_instalment_can_be_read_and_heard() {
    for language in Language::ALL {
        let content = contents::plan(language, 26);
        let file = tools::keep(&format!("plan-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
        tools::run("qpdf", &["--check"], &file);
        let about = tools::run("pdfinfo", &[], &file);
        assert!(about.contains("Tagged:          yes"), "{about}");
        let text = tools::run("pdftotext", &["-layout"], &file);
        for instalment in &content.instalments {
            let line = text.lines().find(|line| {
                line.trim_start().starts_with(&format!("{} ", instalment.number))
                    && line.contains(&format::long_date(instalment.due_on, language))
            });
            let line = line.unwrap_or_else(|| panic!("instalment {} is not in {text}", instalment.number));
            assert!(line.trim_end().ends_with(&format::money(instalment.amount, language)), "{line}");
        }
    }
}

#[test]
fn a_receipt_says_what_the_payment_was_used_for() {
    for language in Language::ALL {
        let content = contents::receipt(language);
        let file = tools::keep(&format!("receipt-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
        tools::run("qpdf", &["--check"], &file);
        let text = tools::run("pdftotext", &["-layout"], &file);
        for amount in [54_25, 45_75, 1_200_00, 1_100_00, 100_00] {
            let amount = format::money(contents::usd(amount), language);
            assert!(text.contains(&amount), "{amount} is not in {text}");
        }
    }
}
