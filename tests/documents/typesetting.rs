//! What is on the pages.

use crate::{contents, tools};
use evenkeel::domain::account::Disclosure;
use evenkeel::domain::format;
use evenkeel::domain::language::Language;
use evenkeel::server::documents::confirmation::{AgreementKind, Interest};

#[test]
fn every_instalment_can_be_read_and_heard() {
    for language in Language::ALL {
        for count in [2, 6, 26, 60] {
            let content = contents::plan(language, count);
            let file = tools::keep(&format!("plan-{count}-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
            tools::run("qpdf", &["--check"], &file);
            let about = tools::run("pdfinfo", &[], &file);
            assert!(about.contains("Tagged:          yes"), "{about}");
            let text = tools::run("pdftotext", &["-layout"], &file);
            for instalment in &content.instalments {
                let line = text.lines().find(|line| {
                    line.split_whitespace().any(|word| word == instalment.number.to_string())
                        && line.contains(&format::long_date(instalment.due_on, language))
                });
                let line = line.unwrap_or_else(|| panic!("instalment {} is not in {text}", instalment.number));
                assert!(line.trim_end().ends_with(&format::money(instalment.amount, language)), "{line}");
            }
            let total = format::money(content.total, language);
            assert!(text.matches(&total).count() >= 3, "{total} at the top, under the payments and in the terms: {text}");
        }
    }
}

#[test]
fn a_screen_reader_hears_headings_and_table_headers() {
    let file = tools::keep("structure.pdf", &contents::plan(Language::Spanish, 26).to_pdf().expect("a document"));
    let structure = tools::run("pdfinfo", &["-struct-text"], &file);
    for part in ["H1", "H2", "Table", "TH", "TD", "LBody", "\"Su plan de pagos\""] {
        assert!(structure.contains(part), "{part} is not in {structure}");
    }
    // The headings that are repeated on the next page are heard once.
    assert_eq!(structure.matches("Cantidad").count(), 1, "{structure}");
    assert!(tools::run("pdfinfo", &[], &file).contains("Title:           Su plan de pagos"));
    let raw = String::from_utf8_lossy(&std::fs::read(&file).expect("the file")).into_owned();
    assert!(raw.contains("/Lang(es)") || raw.contains("/Lang (es)"), "the language is set");
}

#[test]
fn a_statement_leads_from_what_was_owed_to_what_is_owed_over_several_pages() {
    for language in Language::ALL {
        let file = tools::keep(
            &format!("statement-{}.pdf", language.tag()),
            &contents::statement(language, 80).to_pdf().expect("a document"),
        );
        tools::run("qpdf", &["--check"], &file);
        let about = tools::run("pdfinfo", &[], &file);
        assert!(about.contains("Tagged:          yes"), "{about}");
        let text = tools::run("pdftotext", &["-layout"], &file);
        let ends_with = |line: &str, amounts: [&str; 2]| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.ends_with(&amounts)
        };
        assert!(text.lines().any(|line| line.trim_end().ends_with("$1,200.00")), "what was owed before: {text}");
        assert!(text.lines().any(|line| ends_with(line, ["−$1.00", "$1,199.00"])), "the first entry: {text}");
        assert!(text.lines().any(|line| ends_with(line, ["−$1.00", "$1,120.00"])), "the last entry: {text}");
    }
}

#[test]
fn no_word_of_a_statement_is_printed_over_another() {
    for language in Language::ALL {
        let content = contents::statement_of_every_kind(language);
        let file = tools::keep(&format!("statement-kinds-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
        tools::run("qpdf", &["--check"], &file);
        let boxes = tools::run("pdftotext", &["-bbox"], &file);
        let words = words_of(&boxes);
        let amounts = words.iter().filter(|word| word.text.ends_with("99,999.99")).count();
        assert!(amounts >= 18, "every amount is a word of its own: {amounts} in {boxes}");
        // A column too narrow for a word would break it between two letters.
        let longest = match language {
            Language::English => ["creditor", "September", "Discount"],
            Language::Spanish => ["Revertido", "septiembre", "acreedor"],
        };
        for whole in longest {
            assert!(words.iter().any(|word| word.text == whole), "{whole} in {boxes}");
        }
        for (index, word) in words.iter().enumerate() {
            for other in words.iter().skip(index + 1).filter(|other| other.page == word.page) {
                let beside = word.right <= other.left + 0.1 || other.right <= word.left + 0.1;
                // Boxes are as tall as the letters may be and touch those of the next line; printed over is half a line or more.
                let apart = (word.top - other.top).abs() > 6.0;
                assert!(beside || apart, "{:?} and {:?} in {}", word.text, other.text, language.tag());
            }
        }
    }
}

struct Word {
    page: usize,
    left: f64,
    right: f64,
    top: f64,
    text: String,
}

/// The words of `pdftotext -bbox`, which writes one a line.
fn words_of(boxes: &str) -> Vec<Word> {
    let mut page = 0;
    let mut words = Vec::new();
    for line in boxes.lines().map(str::trim) {
        page += usize::from(line.starts_with("<page "));
        if !line.starts_with("<word ") {
            continue;
        }
        let edge = |name: &str| {
            let value = line.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            value.and_then(|value| value.parse().ok()).expect("an edge of a word")
        };
        let text = line.split('>').nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default().to_owned();
        words.push(Word { page, left: edge("xMin"), right: edge("xMax"), top: edge("yMin"), text });
    }
    words
}

#[test]
fn fonts_travel_with_the_document() {
    let file = tools::keep("fonts.pdf", &contents::receipt(Language::English).to_pdf().expect("a document"));
    let fonts = tools::run("pdffonts", &[], &file);
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(fonts.len(), 2, "{fonts:?}");
    for font in fonts {
        let columns: Vec<&str> = font.split_whitespace().collect();
        assert!(columns[0].contains("AtkinsonHyperlegible"), "{font}");
        let embedded_subset_unicode = &columns[columns.len() - 5..columns.len() - 2];
        assert_eq!(embedded_subset_unicode, ["yes", "yes", "yes"], "{font}");
    }
}

#[test]
fn one_payment_is_said_in_one_sentence() {
    let mut content = contents::plan(Language::English, 1);
    (content.kind, content.rhythm) = (AgreementKind::Promise, None);
    let file = tools::keep("promise.pdf", &content.to_pdf().expect("a document"));
    let text = tools::run("pdftotext", &[], &file);
    assert!(text.contains("One payment, on Friday 4 December 2026."), "{text}");
}

#[test]
fn interest_is_said_exactly() {
    let mut content = contents::plan(Language::English, 6);
    content.interest = Interest::Daily { percent_a_year: "6.50".into(), amount: contents::usd(512) };
    let file = tools::keep("interest.pdf", &content.to_pdf().expect("a document"));
    let text = tools::run("pdftotext", &[], &file).replace('\n', " ");
    assert!(text.contains("Simple interest of 6.50 % a year, counted by the day: $5.12 in all."), "{text}");
}

#[test]
fn what_the_creditor_said_and_what_had_to_be_said_first_are_in_the_document() {
    for (language, statement, disclosed) in [
        (
            Language::English,
            "Northgate Credit Union says: “A fee of $5.00 is added.”",
            "Northgate Credit Union will not sue you for it",
        ),
        (
            Language::Spanish,
            "Northgate Credit Union dice: «A fee of $5.00 is added.»",
            "Northgate Credit Union no le demandará por ella",
        ),
    ] {
        let mut content = contents::plan(language, 6);
        let plain = tools::keep("plain.pdf", &content.to_pdf().expect("a document"));
        assert!(!tools::run("pdftotext", &[], &plain).contains(disclosed), "nothing is disclosed where nothing has to be");
        content.creditor_statement = Some("A fee of $5.00 is added.".into());
        content.disclosure = Some(Disclosure::TimeBarred);
        let file = tools::keep(&format!("disclosure-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
        tools::run("qpdf", &["--check"], &file);
        let text = tools::run("pdftotext", &[], &file).replace('\n', " ");
        assert!(text.contains(statement), "{text}");
        assert!(text.contains(disclosed), "{text}");
    }
}

#[test]
fn a_name_in_another_script_can_sign() {
    let mut content = contents::plan(Language::English, 2);
    content.signed_name = "李明 Nguyễn".into();
    let file = tools::keep("name.pdf", &content.to_pdf().expect("a document"));
    tools::run("qpdf", &["--check"], &file);
    let text = tools::run("pdftotext", &[], &file);
    assert!(text.contains("李明 Nguyễn"), "the name as typed is in the document's text: {text}");
}

#[test]
fn a_receipt_says_what_the_payment_was_used_for() {
    for language in Language::ALL {
        let content = contents::receipt(language);
        let file = tools::keep(&format!("receipt-{}.pdf", language.tag()), &content.to_pdf().expect("a document"));
        tools::run("qpdf", &["--check"], &file);
        let text = tools::run("pdftotext", &["-layout"], &file);
        for amount in [5425, 4575, 120_000, 110_000, 10_000] {
            let amount = format::money(contents::usd(amount), language);
            assert!(text.contains(&amount), "{amount} is not in {text}");
        }
        assert!(text.contains("ch_01HZX4Y7") && text.contains("EK-3J9P-6TVN"), "{text}");
    }
}
