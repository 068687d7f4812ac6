//! The built browser side: where its files are. Their names carry a digest of their content, which `hash.txt` beside them
//! says; it is read once, at start.

use leptos::config::LeptosOptions;
use std::path::Path;
use std::sync::Arc;

const NAME: &str = "evenkeel";
const FOLDER: &str = "pkg";

/// Without a built site (as in most tests) the names are plain.
pub fn options(site_dir: &Path) -> LeptosOptions {
    // Leptos looks for this file beside the binary unless its path is absolute.
    let hash_file = std::path::absolute(site_dir.join("hash.txt")).unwrap_or_default();
    LeptosOptions::builder()
        .output_name(NAME)
        .site_root(site_dir.to_string_lossy().into_owned())
        .site_pkg_dir(FOLDER)
        .hash_files(hash_file.exists())
        .hash_file(Arc::from(hash_file.to_string_lossy()))
        .build()
}

/// The address of the stylesheet. Leptos' own component for it reads `hash.txt` on every request.
pub fn stylesheet(site_dir: &Path) -> String {
    let hashes = std::fs::read_to_string(site_dir.join("hash.txt")).unwrap_or_default();
    match hashes.lines().find_map(|line| line.strip_prefix("css:")) {
        Some(hash) => format!("/{FOLDER}/{NAME}.{}.css", hash.trim()),
        None => format!("/{FOLDER}/{NAME}.css"),
    }
}

/// The address of the script that redraws a changed plan: there is none without a built site.
pub fn plan_program(site_dir: &Path) -> Option<String> {
    let hashes = std::fs::read_to_string(site_dir.join("hash.txt")).ok()?;
    let hash = hashes.lines().find_map(|line| line.strip_prefix("plan:"))?;
    Some(format!("/{FOLDER}/plan.{}.js", hash.trim()))
}
