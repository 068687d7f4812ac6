//! The migrations are read into the program where the store is compiled; a new file alone changes no source.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
