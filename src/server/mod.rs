//! Everything that runs only on the server, put together here.

pub mod advice_file;
pub mod archive;
pub mod area_codes;
pub mod backup;
pub mod brand;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod crash_point;
pub mod documents;
pub mod evidence;
pub mod http;
pub mod ids;
pub mod import;
pub mod jobs;
pub mod notify;
pub mod offers_json;
pub mod policy_file;
pub mod processors;
pub mod security;
pub mod services;
pub mod site;
pub mod state;
pub mod store;
pub mod telemetry;
