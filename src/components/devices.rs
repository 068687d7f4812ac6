//! A device as people call it: "Firefox on Android".

use super::frame::words;
use crate::domain::coming_back::Device;
use crate::words::td_string;

pub fn device_words(device: Device) -> String {
    match (device.browser.name(), device.system.name()) {
        (Some(browser), Some(system)) => td_string!(words(), devices.both, browser = browser, system = system),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => td_string!(words(), devices.some_browser, system = system),
        (None, None) => td_string!(words(), devices.unknown).to_owned(),
    }
}
