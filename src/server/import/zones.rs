//! The time zone of a United States address, for files that have no column for it.
//!
//! The postal code decides first: in states with two zones, three-digit areas that lie wholly or almost wholly in the
//! other zone are listed. Without a usable postal code the state's main zone is taken. Source: the prefixes of the United
//! States Postal Service (L002) and the zone boundaries of 49 CFR part 71.

const EASTERN: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const PACIFIC: &str = "America/Los_Angeles";

/// Areas (first three digits) that keep another time than their state.
const EXCEPTIONS: [(u16, u16, &str); 13] = [
    (324, 325, CENTRAL),         // Florida: Panama City, Pensacola
    (373, 374, EASTERN),         // Tennessee: Chattanooga
    (376, 379, EASTERN),         // Tennessee: Johnson City, Knoxville
    (420, 424, CENTRAL),         // Kentucky: Paducah to Owensboro
    (463, 464, CENTRAL),         // Indiana: Gary
    (476, 477, CENTRAL),         // Indiana: Evansville
    (577, 577, MOUNTAIN),        // South Dakota: Rapid City
    (586, 586, MOUNTAIN),        // North Dakota: Dickinson
    (693, 693, MOUNTAIN),        // Nebraska: Alliance
    (798, 799, MOUNTAIN),        // Texas: El Paso
    (835, 835, PACIFIC),         // Idaho: Lewiston
    (838, 838, PACIFIC),         // Idaho: Coeur d'Alene
    (979, 979, "America/Boise"), // Oregon: Ontario
];

/// Three-digit areas and their state. Military mail (090-098, 340, 962-966) has none.
const AREAS: [(u16, u16, &str); 66] = [
    (5, 5, "NY"),
    (6, 7, "PR"),
    (8, 8, "VI"),
    (9, 9, "PR"),
    (10, 27, "MA"),
    (28, 29, "RI"),
    (30, 38, "NH"),
    (39, 49, "ME"),
    (50, 54, "VT"),
    (55, 55, "MA"),
    (56, 59, "VT"),
    (60, 69, "CT"),
    (70, 89, "NJ"),
    (100, 149, "NY"),
    (150, 196, "PA"),
    (197, 199, "DE"),
    (200, 200, "DC"),
    (201, 201, "VA"),
    (202, 205, "DC"),
    (206, 219, "MD"),
    (220, 246, "VA"),
    (247, 268, "WV"),
    (270, 289, "NC"),
    (290, 299, "SC"),
    (300, 319, "GA"),
    (320, 339, "FL"),
    (341, 349, "FL"),
    (350, 369, "AL"),
    (370, 385, "TN"),
    (386, 397, "MS"),
    (398, 399, "GA"),
    (400, 427, "KY"),
    (430, 459, "OH"),
    (460, 479, "IN"),
    (480, 499, "MI"),
    (500, 528, "IA"),
    (530, 549, "WI"),
    (550, 567, "MN"),
    (569, 569, "DC"),
    (570, 577, "SD"),
    (580, 588, "ND"),
    (590, 599, "MT"),
    (600, 629, "IL"),
    (630, 658, "MO"),
    (660, 679, "KS"),
    (680, 693, "NE"),
    (700, 714, "LA"),
    (716, 729, "AR"),
    (730, 732, "OK"),
    (733, 733, "TX"),
    (734, 749, "OK"),
    (750, 799, "TX"),
    (800, 816, "CO"),
    (820, 831, "WY"),
    (832, 838, "ID"),
    (840, 847, "UT"),
    (850, 865, "AZ"),
    (870, 884, "NM"),
    (885, 885, "NM"),
    (889, 898, "NV"),
    (900, 961, "CA"),
    (967, 968, "HI"),
    (969, 969, "GU"),
    (970, 979, "OR"),
    (980, 994, "WA"),
    (995, 999, "AK"),
];

/// The zone of an address; `None` if neither the postal code nor the state is known.
pub fn of_united_states(state: Option<&str>, postal_code: &str) -> Option<&'static str> {
    let area = area_of(postal_code);
    let by_area = |table: &[(u16, u16, &'static str)]| {
        area.and_then(|area| table.iter().find(|(from, to, _)| (*from..=*to).contains(&area)).map(|(_, _, value)| *value))
    };
    by_area(&EXCEPTIONS).or_else(|| by_area(&AREAS).and_then(of_state)).or_else(|| of_state(&state?.to_ascii_uppercase()))
}

fn area_of(postal_code: &str) -> Option<u16> {
    let digits = postal_code.split('-').next()?;
    (digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits[..3].parse().ok())?
}

fn of_state(state: &str) -> Option<&'static str> {
    Some(match state {
        "CT" | "DC" | "DE" | "FL" | "GA" | "MA" | "MD" | "ME" | "NC" | "NH" | "NJ" | "NY" | "OH" | "PA" | "RI" | "SC" | "VA"
        | "VT" | "WV" => EASTERN,
        "AL" | "AR" | "IA" | "IL" | "KS" | "LA" | "MN" | "MO" | "MS" | "ND" | "NE" | "OK" | "SD" | "TN" | "TX" | "WI" => CENTRAL,
        "CO" | "MT" | "NM" | "UT" | "WY" => MOUNTAIN,
        "CA" | "NV" | "OR" | "WA" => PACIFIC,
        "AZ" => "America/Phoenix",
        "ID" => "America/Boise",
        "IN" => "America/Indiana/Indianapolis",
        "KY" => "America/Kentucky/Louisville",
        "MI" => "America/Detroit",
        "AK" => "America/Anchorage",
        "HI" => "Pacific/Honolulu",
        "PR" => "America/Puerto_Rico",
        "VI" => "America/St_Thomas",
        "GU" | "MP" => "Pacific/Guam",
        "AS" => "Pacific/Pago_Pago",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::of_united_states;
    use crate::server::clock;

    #[test]
    fn the_postal_code_decides_where_a_state_has_two_zones() {
        assert_eq!(of_united_states(Some("TX"), "77066"), Some("America/Chicago"));
        assert_eq!(of_united_states(Some("TX"), "79901"), Some("America/Denver"));
        assert_eq!(of_united_states(Some("FL"), "33157"), Some("America/New_York"));
        assert_eq!(of_united_states(Some("FL"), "32501-1234"), Some("America/Chicago"));
        assert_eq!(of_united_states(None, "00901"), Some("America/Puerto_Rico"));
    }

    #[test]
    fn the_state_decides_where_the_postal_code_cannot() {
        assert_eq!(of_united_states(Some("az"), ""), Some("America/Phoenix"));
        assert_eq!(of_united_states(Some("XX"), "N1 9GU"), None);
        assert_eq!(of_united_states(None, "09012"), None);
    }

    #[test]
    fn every_zone_we_name_exists() {
        for area in 0..1000 {
            if let Some(zone) = of_united_states(None, &format!("{area:03}01")) {
                assert_ne!(clock::zone(zone), jiff::tz::TimeZone::UTC, "{zone}");
            }
        }
    }
}
