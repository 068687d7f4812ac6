//! What somebody wants who writes back to a message of ours, as far as a program may say it.
//!
//! One word alone ("STOP") means that no more messages of the kind are wanted: it is believed without a person. Any wording would
//! count under 12 CFR 1006.6(d)(5), and a stop of a payment may be ordered in any words (12 CFR 1005.10(c)); so whatever is longer is read
//! by a person, and what may be such an order is marked ([`may_stop_a_payment`]): rather one too many than one too few.

/// The words people are told, those that carriers of text messages require, and those of 47 CFR 64.1200(a)(10).
const STOP: [&str; 15] = [
    "STOP",
    "STOPALL",
    "STOP ALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "REMOVE",
    "OPTOUT",
    "OPT OUT",
    "BAJA",
    "ALTO",
    "PARAR",
    "CANCELAR",
];

/// Beginnings of words of stopping, English and Spanish.
const STOPPING: [&str; 22] = [
    "stop",
    "cancel",
    "unsubscrib",
    "revok",
    "withdr",
    "halt",
    "terminat",
    "suspend",
    "block",
    "refus",
    "object",
    "paus",
    "deten",
    "detén",
    "detien",
    "revoc",
    "anul",
    "retir",
    "bloque",
    "rechaz",
    "cesar",
    "cese",
];
/// The same as whole words: other words begin like them.
const STOPPING_WORDS: [&str; 14] =
    ["end", "ends", "ending", "quit", "remove", "opt", "baja", "alto", "parar", "pare", "paren", "quitar", "quiten", "niego"];
const NOT: [&str; 14] =
    ["not", "no", "dont", "never", "cannot", "cant", "wont", "doesnt", "didnt", "shouldnt", "without", "nunca", "ni", "sin"];
/// Beginnings of words of taking and paying, and of money.
const TAKING: [&str; 29] = [
    "tak", "took", "charg", "debit", "débit", "collect", "deduct", "draw", "pay", "paid", "money", "fund", "afford", "allow",
    "authori", "permi", "cobr", "carg", "pag", "descont", "descuent", "tomar", "tomen", "sacar", "saque", "dinero", "fondo",
    "plata", "autori",
];
/// A "not" belongs to what comes within so many words after it.
const NOT_REACHES_WORDS: usize = 4;

/// Whether an answer is one of the words that stop further messages, and nothing else on its first line; what stands around it is
/// left out. Quoted lines, as of the message answered to, do not count.
pub fn is_stop(text: &str) -> bool {
    own_lines(text).first().is_some_and(|line| is_stop_line(line))
}

/// Whether an answer may order that a payment is not taken. A first line that is a word of stopping by itself is about messages, and
/// does not count here.
pub fn may_stop_a_payment(text: &str) -> bool {
    let lines = own_lines(text);
    let about_messages = usize::from(lines.first().is_some_and(|line| is_stop_line(line)));
    let words: Vec<String> = lines.iter().skip(about_messages).flat_map(|line| words_of(line)).collect();
    let stopping =
        |word: &String| STOPPING_WORDS.contains(&word.as_str()) || STOPPING.iter().any(|beginning| word.starts_with(beginning));
    let taking = |word: &String| TAKING.iter().any(|beginning| word.starts_with(beginning));
    words.iter().any(stopping)
        || words
            .iter()
            .enumerate()
            .any(|(at, word)| NOT.contains(&word.as_str()) && words.iter().skip(at + 1).take(NOT_REACHES_WORDS).any(taking))
}

/// What its writer wrote: without empty and quoted lines, and without the message answered to where it stands below unmarked.
pub fn own_lines(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut own = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('>') {
            continue;
        }
        if begins_quote(line) {
            // Marked line by line, it is left out line by line: the answer may stand below it.
            let is_marked = lines[at + 1..].iter().take(2).any(|next| next.starts_with('>'));
            if is_marked {
                continue;
            }
            break;
        }
        own.push(*line);
    }
    own
}

/// The line with which mail programs begin the message that is answered.
fn begins_quote(line: &str) -> bool {
    let says_who = (line.starts_with("On ") || line.starts_with("El ")) && line.contains('@');
    let ends_so = ["wrote:", "escribió:"].iter().any(|end| line.ends_with(end));
    let begins_so = ["-----Original", "-----Mensaje original", "-----Mensaje Original", "________", "From: ", "De: "];
    says_who || ends_so || begins_so.iter().any(|beginning| line.starts_with(beginning))
}

fn is_stop_line(line: &str) -> bool {
    let word = line.trim_matches(|character: char| !character.is_alphanumeric());
    STOP.iter().any(|stop| word.eq_ignore_ascii_case(stop))
}

/// In small letters, without apostrophes.
fn words_of(line: &str) -> Vec<String> {
    let plain: String = line.chars().filter(|character| !matches!(character, '\'' | '’' | '`')).collect();
    plain.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_alone_on_the_first_line_stops() {
        for stops in ["STOP", "stop.", "\n  Stop!  ", "«Baja»", "BAJA\n\n> Hello Ada", "Stop all", "Cancel\n\nSent from my phone"]
        {
            assert!(is_stop(stops), "{stops}");
        }
        for goes_on in [
            "",
            "Stop please",
            "UNSUBSCRIBE me",
            "Cancel the payment you want to take on Friday, I have no money.",
            "Please do not stop",
            "stopping by tomorrow",
            "> STOP",
            "Thank you",
            "bajar",
            "Ada\nSTOP",
        ] {
            assert!(!is_stop(goes_on), "{goes_on}");
        }
    }

    #[test]
    fn an_order_to_stop_a_payment_is_seen_in_many_words() {
        for order in [
            "Cancel the payment you want to take on Friday, I have no money.",
            "Please STOP the payment",
            "Please don't take the money on Friday",
            "Please do not collect it",
            "You don’t have my permission any more",
            "I cannot pay on Friday",
            "I have no money this week",
            "I revoke the authorization",
            "End this",
            "Stop please",
            "Cancel\nthe payment on Friday, stop it",
            "Por favor, no cobren el viernes",
            "No me cobren nada",
            "Quiero anular el cobro",
            "No tengo dinero",
            "Detengan el pago",
            "> We will collect $50.00\n\nplease cancel that",
            "On Fri, 20 Nov 2026 Northgate <accounts@northgate.example> wrote:\n> We will collect\n\nDo not take it",
        ] {
            assert!(may_stop_a_payment(order), "{order}");
        }
        for other in [
            "",
            "STOP",
            "Baja\n\n> To stop e-mail from us, open this page",
            "Thank you, all is clear.",
            "When is the next one?",
            "No problem, thanks, see you then",
            "¿Cuándo es el próximo pago?",
            "Thank you\n\nOn Fri, 20 Nov 2026 Northgate <accounts@northgate.example> wrote:\nTo stop e-mail from us, open this page",
            "Thank you\n\n-----Original Message-----\nFrom: Northgate\nTo stop e-mail from us",
            "> Please cancel",
        ] {
            assert!(!may_stop_a_payment(other), "{other}");
        }
    }
}
