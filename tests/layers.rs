//! Who may use whom: reads the sources and fails on what the house forbids (docs/architecture.md has the table and why).
//!
//! Also: no address outside paths.rs, no word for people outside locales/, and the same words in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// One room of the house: where its files are, and what they never use. `crate::server::store` covers what is inside it.
struct Room {
    name: &'static str,
    holds: fn(&[&str]) -> bool,
    never: &'static [&'static str],
}

const DOMAIN_ONLY: &str = "crate (apart from domain)";
const OTHER_PAGE: &str = "another page";
const ROOMS: [Room; 10] = [
    Room {
        name: "domain",
        holds: |path| path[0] == "domain",
        never: &[DOMAIN_ONLY, "leptos", "axum", "sqlx", "tokio", "rand", "tracing"],
    },
    Room {
        name: "components",
        holds: |path| path[0] == "components",
        never: &["crate::server", "crate::pages", "crate::staff", "crate::app", "sqlx", "axum", "tokio"],
    },
    Room {
        name: "islands",
        holds: |path| path[0] == "islands",
        never: &["crate::server", "crate::pages", "crate::staff", "crate::app", "crate::paths", "sqlx", "axum", "tokio"],
    },
    Room {
        name: "pages (screens and forms)",
        holds: |path| is_page(path) && !is_door(path),
        never: &["crate::server", OTHER_PAGE, "crate::app", "sqlx", "axum", "tokio"],
    },
    Room {
        name: "pages (load.rs and actions.rs)",
        holds: |path| is_page(path) && is_door(path),
        never: &[
            OTHER_PAGE,
            "crate::components",
            "crate::app",
            "sqlx",
            "axum",
            "tokio",
            "crate::server::store",
            "crate::server::processors",
            "crate::server::notify",
            "crate::server::documents",
            "crate::server::http",
            "crate::server::security",
            "crate::server::jobs",
            "crate::server::import",
            "crate::server::cli",
        ],
    },
    Room {
        name: "services",
        holds: |path| path.starts_with(&["server", "services"]),
        never: &[
            "leptos",
            "leptos_axum",
            "axum",
            "sqlx",
            "crate::pages",
            "crate::components",
            "crate::islands",
            "crate::app",
            "crate::server::http",
            "crate::server::cli",
            "crate::server::context",
            "crate::server::jobs",
        ],
    },
    Room {
        name: "store",
        holds: |path| path.starts_with(&["server", "store"]),
        never: &[
            "leptos",
            "leptos_axum",
            "axum",
            "crate::pages",
            "crate::components",
            "crate::app",
            "crate::server::services",
            "crate::server::http",
            "crate::server::cli",
            "crate::server::context",
            "crate::server::processors",
            "crate::server::notify",
            "crate::server::documents",
            "crate::server::jobs",
        ],
    },
    Room {
        name: "processors, notify, documents, evidence",
        holds: |path| {
            let is_port =
                path[0] == "server" && ["processors", "notify", "documents", "evidence"].contains(path.get(1).unwrap_or(&""));
            is_port && !path.starts_with(&["server", "processors", "sandbox"])
        },
        never: &[
            "leptos",
            "leptos_axum",
            "sqlx",
            "crate::pages",
            "crate::components",
            "crate::app",
            "crate::server::store",
            "crate::server::services",
            "crate::server::context",
            "crate::server::cli",
            "crate::server::jobs",
        ],
    },
    // It stands for a company elsewhere, so it keeps books of its own, in its own tables, with its own SQL.
    Room {
        name: "processors/sandbox",
        holds: |path| path.starts_with(&["server", "processors", "sandbox"]),
        never: &[
            "leptos",
            "leptos_axum",
            "axum",
            "crate::pages",
            "crate::components",
            "crate::app",
            "crate::server::store",
            "crate::server::services",
            "crate::server::context",
            "crate::server::cli",
            "crate::server::jobs",
            "crate::server::http",
        ],
    },
    Room {
        name: "jobs, http, cli",
        holds: |path| path[0] == "server" && ["jobs", "http", "cli"].contains(path.get(1).unwrap_or(&"")),
        never: &["sqlx", "crate::pages"],
    },
];

fn is_page(path: &[&str]) -> bool {
    path.len() > 1 && (path[0] == "pages" || path[0] == "staff")
}

fn is_door(path: &[&str]) -> bool {
    path.last().is_some_and(|name| *name == "load" || *name == "actions")
}

#[test]
fn no_room_uses_what_it_must_not() {
    let wrong: Vec<String> = sources().iter().flat_map(|(path, text)| forbidden_uses(path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_forbidden_use_is_found_however_it_is_written() {
    let found = |path: &str, text: &str| forbidden_uses(Path::new(path), text).len();
    assert_eq!(found("src/domain/offers.rs", "use crate::server::clock;"), 1);
    assert_eq!(found("src/domain/offers.rs", "use super::money::Money;\nuse crate::domain::ids;"), 0);
    assert_eq!(found("src/pages/options/mod.rs", "use crate::{\n  domain::money::Money,\n  server::store::Db,\n};"), 1);
    assert_eq!(found("src/pages/options/mod.rs", "use super::sign_in::actions::SignIn;"), 1);
    assert_eq!(found("src/pages/options/mod.rs", "use super::load::Shown;\nuse crate::pages::options::form;"), 1);
    assert_eq!(found("src/pages/options/load.rs", "use crate::server::{context, services::offers};"), 0);
    assert_eq!(found("src/pages/options/actions.rs", "let a = crate::server::store::lock_account(tx);"), 1);
    assert_eq!(found("src/server/services/pay.rs", "fn a() { sqlx::query(\"\"); }"), 1);
    assert_eq!(found("src/server/services/pay.rs", "use super::super::http::router;"), 1);
    assert_eq!(found("src/server/store/mod.rs", "use super::services::pay;"), 1);
    assert_eq!(found("src/server/services/pay.rs", "//! never sqlx::query\nuse super::offers;"), 0);
}

/// Everything a file uses that its room must not, told with file and room.
fn forbidden_uses(path: &Path, text: &str) -> Vec<String> {
    let module = module_of(path);
    let module: Vec<&str> = module.iter().map(String::as_str).collect();
    if module.is_empty() {
        return Vec::new();
    }
    let code = code_of(text);
    let used = used_paths(&code, &module);
    let mut wrong = Vec::new();
    for room in ROOMS.iter().filter(|room| (room.holds)(&module)) {
        for used in used.iter().filter(|used| room.never.iter().any(|never| breaks(used, never, &module))) {
            wrong.push(format!("{}: {} must not use {used}", path.display(), room.name));
        }
    }
    wrong
}

fn breaks(used: &str, never: &str, module: &[&str]) -> bool {
    match never {
        DOMAIN_ONLY => used.starts_with("crate::") && !is_inside(used, "crate::domain"),
        OTHER_PAGE => {
            let own = format!("crate::{}::{}", module[0], module[1]);
            is_inside(used, &format!("crate::{}", module[0])) && !is_inside(used, &own)
        }
        never => is_inside(used, never),
    }
}

fn is_inside(used: &str, outer: &str) -> bool {
    used.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `src/server/store/mod.rs` is `[server, store]`; lib.rs and main.rs are nothing.
fn module_of(path: &Path) -> Vec<String> {
    let inside = path.to_string_lossy().replace('\\', "/");
    let inside = inside.rsplit_once("src/").map_or(inside.as_str(), |(_, inside)| inside);
    let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').filter(|part| *part != "lib" && *part != "main").map(str::to_owned).collect()
}

/// Under load a page that waits for a Leptos resource sometimes never ends (one in a hundred here, then the time limit and a
/// page that says something broke). `components/loaded.rs` waits for the future itself.
#[test]
fn screens_wait_for_what_they_show_in_one_way() {
    let waits: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| ["Resource::new", "AsyncDerived::new"].iter().any(|way| code_of(text).contains(way)))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(waits.is_empty(), "these wait for a resource; use components::loaded: {}", waits.join(", "));
}

/// The code without comments and without the tests at its end.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect::<Vec<_>>().join("\n")
}

/// Every path a file names, from `use` lines and from the code, as `crate::…` or by its crate.
fn used_paths(code: &str, module: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let starts_line =
            rest[..at].lines().last().is_none_or(|line| line.trim().is_empty() || line.trim_start().starts_with("pub"));
        rest = &rest[at + 4..];
        if starts_line && let Some(end) = rest.find(';') {
            let mut paths = Vec::new();
            expand("", &rest[..end], &mut paths);
            found.extend(paths.iter().map(|path| absolute(path, module)));
        }
    }
    for root in ["crate::", "sqlx::", "leptos::", "leptos_axum::", "axum::", "tokio::", "rand::", "tracing::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if !before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':') {
                let path = code[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect::<String>();
                found.insert(path.trim_end_matches(':').to_owned());
            }
        }
    }
    found
}

/// `a::{b, c::{d, e}}` is `a::b`, `a::c::d`, `a::c::e`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    match tree.find('{') {
        None => paths.push(format!("{prefix}{}", tree.split(" as ").next().unwrap_or_default().trim())),
        Some(open) => {
            let prefix = format!("{prefix}{}", tree[..open].trim());
            let (mut depth, mut start) = (0_i32, 0);
            for (at, character) in tree[open + 1..].char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if (character == ',' && depth == 0) || depth < 0 {
                    let part = tree[open + 1 + start..open + 1 + at].trim();
                    if !part.is_empty() {
                        expand(&prefix, part, paths);
                    }
                    start = at + 1;
                }
                if depth < 0 {
                    break;
                }
            }
        }
    }
}

/// `super::x` of `server::services::pay` is `crate::server::services::x`.
fn absolute(path: &str, module: &[&str]) -> String {
    let mut outer = module;
    let mut rest = path.strip_prefix("self::").unwrap_or(path);
    if rest.len() == path.len() && !rest.starts_with("super") {
        return path.to_owned();
    }
    while let Some(next) = rest.strip_prefix("super") {
        outer = &outer[..outer.len().saturating_sub(1)];
        rest = next.trim_start_matches("::");
    }
    let mut parts = vec!["crate"];
    parts.extend(outer);
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts.join("::")
}

/// What is drawn: nothing here holds an address or a word of its own.
fn drawn() -> Vec<(PathBuf, String)> {
    let rooms = ["src/pages/", "src/components/", "src/islands/", "src/staff/"];
    sources().into_iter().filter(|(path, _)| rooms.iter().any(|room| path.to_string_lossy().contains(room))).collect()
}

#[test]
fn addresses_are_written_in_paths_rs_only() {
    let wrong: Vec<String> = drawn()
        .iter()
        .flat_map(|(path, text)| {
            addresses(&code_of(text)).into_iter().map(move |address| format!("{}: {address}", path.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(addresses("<a href=\"/account\">"), ["/account"]);
    assert!(addresses("format!(\"{a}/{b}\")").is_empty());
}

fn addresses(code: &str) -> Vec<String> {
    code.match_indices("\"/")
        .filter(|(at, _)| code[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '{'))
        .map(|(at, _)| code[at + 1..].chars().take_while(|c| *c != '"').collect())
        .collect()
}

#[test]
fn words_for_people_are_in_locales_only() {
    let wrong: Vec<String> = drawn()
        .iter()
        .flat_map(|(path, text)| {
            words_in_views(&code_of(text)).into_iter().map(move |words| format!("{}: {words:?}", path.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_word_in_a_view_is_found() {
    assert_eq!(words_in_views("view! { <p>\"Hello\"</p> }"), ["Hello"]);
    assert_eq!(words_in_views("view! { <p>{\"Hello\"}</p> }"), ["Hello"]);
    assert_eq!(words_in_views("view! { <p>{x}\" items\"</p> }"), [" items"]);
    assert_eq!(words_in_views("view! { <img alt=\"A chart\"/> }"), ["A chart"]);
    assert_eq!(words_in_views("view! { <Button label=\"Go\"/> }"), ["Go"]);
    assert!(
        words_in_views("view! { <p class=if x == \"year\" { \"tiny year\" } else { \"tiny\" } id=\"a\">\" \"{x}</p> }")
            .is_empty()
    );
    assert!(words_in_views("fn a() { log(\"not a view\") }").is_empty());
    assert!(words_in_views("view! { <p>{match x { A => \"code\", B => f(\"b\") }}</p> }").is_empty());
}

/// Attributes that people read or hear.
const SPOKEN: [&str; 9] = ["alt", "title", "label", "legend", "hint", "lead", "placeholder", "aria-label", "aria-description"];

/// String literals that a view shows to people: between tags, or in an attribute that is read out.
fn words_in_views(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("view! {") {
        let view = block(&rest[at + 6..]);
        for (at, literal) in literals(view) {
            let before = view[..at].trim_end();
            if literal.chars().any(char::is_alphabetic) && is_shown(before) {
                found.push(literal.to_owned());
            }
        }
        rest = &rest[at + 6 + view.len()..];
    }
    found
}

fn is_shown(before: &str) -> bool {
    if let Some(attribute) = before.strip_suffix('=') {
        let name: String = attribute.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect();
        let name: String = name.chars().rev().collect();
        return SPOKEN.contains(&name.as_str());
    }
    let after_markup =
        |text: &str| (text.ends_with('>') && !text.ends_with("=>") && !text.ends_with("->")) || text.ends_with('}');
    match before.strip_suffix('{') {
        Some(outside) => after_markup(outside.trim_end()),
        None => after_markup(before),
    }
}

/// From an opening brace to the one that closes it.
fn block(text: &str) -> &str {
    let mut depth = 0_i32;
    let mut skip_until = 0;
    let strings = literals(text);
    for (at, character) in text.char_indices() {
        if at < skip_until {
            continue;
        }
        if let Some((_, literal)) = strings.iter().find(|(start, _)| *start == at) {
            skip_until = at + literal.len() + 2;
            continue;
        }
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..=at];
        }
    }
    text
}

/// String literals, raw ones too, and where they start. Character literals of a quote do not occur in views.
fn literals(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('"').map(|open| at + open) {
        let mut end = open + 1;
        while end < text.len() && !text[end..].starts_with('"') {
            end += if text[end..].starts_with('\\') { 2 } else { text[end..].chars().next().map_or(1, char::len_utf8) };
        }
        found.push((open, &text[open + 1..end.min(text.len())]));
        at = (end + 1).min(text.len());
    }
    found
}

#[test]
fn every_language_has_the_same_words_with_the_same_values() {
    let english = locale("en");
    let spanish = locale("es");
    let names = |words: &BTreeMap<String, String>| words.keys().cloned().collect::<BTreeSet<_>>();
    let missing: Vec<_> = names(&english).symmetric_difference(&names(&spanish)).cloned().collect();
    assert!(missing.is_empty(), "only in one language: {missing:?}");
    for (name, words) in &english {
        assert_eq!(values_in(words), values_in(&spanish[name]), "{name} names other values in Spanish");
        assert!(!words.trim().is_empty() && !spanish[name].trim().is_empty(), "{name} is empty");
    }
}

#[test]
fn the_words_keep_the_voice() {
    let avoided = [
        "delinquent",
        "debtor",
        "failure to pay",
        "final notice",
        "immediately",
        "please be advised",
        "settle your obligation",
        "kindly",
        "!",
    ];
    for language in ["en", "es"] {
        for (name, words) in locale(language) {
            for word in avoided {
                assert!(!words.to_lowercase().contains(word), "{language} {name} says \"{word}\": {words}");
            }
        }
    }
}

/// The words of a language by dotted name.
fn locale(language: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join(format!("locales/{language}.json"))).expect("a locale");
    let mut words = BTreeMap::new();
    flatten("", &serde_json::from_str(&text).expect("valid JSON"), &mut words);
    words
}

fn flatten(name: &str, value: &serde_json::Value, words: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(inside) => {
            for (key, value) in inside {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, words);
            }
        }
        serde_json::Value::String(text) => {
            words.insert(name.to_owned(), text.clone());
        }
        other => panic!("{name} is no text but {other}"),
    }
}

/// The names between `{{` and `}}`.
fn values_in(words: &str) -> BTreeSet<String> {
    words.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).map(|name| name.trim().to_owned()).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file of ours.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// Whoever ended an agreement by itself would forget its permission or what was announced under it.
#[test]
fn an_agreement_is_ended_in_one_place() {
    let places = |call: &str| -> BTreeSet<String> {
        let found = sources().into_iter().filter(|(_, text)| code_of(text).contains(call));
        found
            .filter(|(path, _)| path.starts_with("src/server/services") || path.to_string_lossy().contains("server/services/"))
            .filter_map(|(path, _)| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect()
    };
    let only = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for ends in ["complete_agreement(", "end_unkept(", "collections::close_all("] {
        assert_eq!(places(ends), only(&["endings.rs"]), "{ends}");
    }
    // The definition, and an agreement that is active again.
    assert_eq!(places("end_of_agreement("), only(&["endings.rs", "end.rs", "undo.rs"]));
    assert_eq!(places("endings::end("), only(&["completions.rs", "ending.rs", "keeping.rs", "recalls.rs"]));
}
