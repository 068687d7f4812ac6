//! Where a telephone number of North America may be: the time zones of its area code.
//!
//! People keep their number when they move, so it is one more place they may be at; where it and the postal code differ, the
//! hour must suit both (12 CFR 1006.6(b)(1), comment 6(b)(1)-2.i). Source: the North American Numbering Plan's area codes (2026). An
//! area with two zones has both.

const EASTERN: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const PACIFIC: &str = "America/Los_Angeles";
const PHOENIX: &str = "America/Phoenix";
const BOISE: &str = "America/Boise";

struct Area {
    codes: &'static [u16],
    zones: &'static [&'static str],
}

#[rustfmt::skip]
const AREAS: [Area; 27] = [
    Area { zones: &[EASTERN], codes: &[
        201, 202, 203, 207, 212, 215, 216, 220, 223, 227, 229, 231, 234, 239, 240, 248, 252, 260, 267, 269, 272, 276, 283, 301, 302,
        304, 305, 313, 315, 317, 321, 324, 326, 329, 330, 332, 336, 339, 347, 351, 352, 363, 380, 386, 401, 404, 407, 410, 412, 413,
        419, 434, 436, 440, 443, 445, 463, 470, 472, 475, 478, 484, 502, 508, 513, 516, 517, 518, 540, 551, 561, 567, 570, 571, 574,
        582, 585, 586, 603, 606, 607, 609, 610, 614, 616, 617, 624, 631, 640, 645, 646, 656, 667, 678, 679, 680, 681, 686, 689, 703,
        704, 706, 716, 717, 718, 724, 727, 728, 732, 734, 740, 743, 754, 757, 762, 765, 770, 771, 772, 774, 781, 786, 802, 803, 804,
        810, 813, 814, 821, 826, 828, 835, 838, 839, 843, 845, 848, 854, 856, 857, 859, 860, 862, 863, 864, 865, 878, 904, 908, 910,
        912, 914, 917, 919, 929, 934, 937, 941, 943, 947, 948, 954, 959, 973, 978, 980, 984, 989,
    ] },
    Area { zones: &[CENTRAL], codes: &[
        205, 210, 214, 217, 218, 224, 225, 228, 235, 251, 254, 256, 262, 274, 281, 309, 312, 314, 316, 318, 319, 320, 325, 327, 331,
        334, 337, 346, 353, 361, 402, 405, 409, 414, 417, 430, 447, 457, 464, 469, 471, 479, 501, 504, 507, 512, 515, 531, 534, 539,
        557, 563, 572, 573, 580, 601, 608, 612, 615, 618, 621, 629, 630, 636, 641, 651, 659, 660, 662, 682, 708, 712, 713, 715, 726,
        730, 731, 737, 763, 769, 773, 779, 806, 815, 816, 817, 830, 832, 847, 861, 870, 872, 901, 903, 913, 918, 920, 924, 931, 936,
        938, 940, 945, 952, 956, 972, 975, 979, 985,
    ] },
    Area { zones: &[MOUNTAIN], codes: &[303, 307, 385, 406, 435, 505, 575, 719, 720, 748, 801, 915, 970, 983] },
    Area { zones: &[PACIFIC], codes: &[
        206, 209, 213, 253, 279, 310, 323, 341, 350, 357, 360, 369, 408, 415, 424, 425, 442, 503, 509, 510, 530, 559, 562, 564, 619,
        626, 628, 650, 657, 661, 669, 702, 707, 714, 725, 738, 747, 760, 775, 805, 818, 820, 831, 837, 840, 858, 909, 916, 925, 949,
        951, 971,
    ] },
    Area { zones: &[EASTERN, CENTRAL], codes: &[219, 270, 364, 423, 448, 812, 850, 906, 930] },
    Area { zones: &[CENTRAL, MOUNTAIN], codes: &[308, 432, 605, 620, 701, 785] },
    Area { zones: &[MOUNTAIN, PHOENIX], codes: &[928] },
    Area { zones: &[PHOENIX], codes: &[480, 520, 602, 623] },
    Area { zones: &[BOISE, PACIFIC], codes: &[208, 458, 541, 986] },
    Area { zones: &["America/Anchorage", "America/Adak"], codes: &[907] },
    Area { zones: &["Pacific/Honolulu"], codes: &[808] },
    Area { zones: &["America/Puerto_Rico"], codes: &[787, 939] },
    Area { zones: &["America/St_Thomas"], codes: &[340] },
    Area { zones: &["Pacific/Guam"], codes: &[670, 671] },
    Area { zones: &["Pacific/Pago_Pago"], codes: &[684] },
    Area { zones: &["America/Winnipeg"], codes: &[204, 431, 584] },
    Area { zones: &["America/Toronto"], codes: &[
        226, 249, 263, 289, 343, 354, 365, 367, 382, 416, 437, 438, 450, 468, 514, 519, 548, 579, 581, 613, 647, 683, 705, 742, 753,
        873, 905, 942,
    ] },
    Area { zones: &["America/Toronto", "America/Halifax"], codes: &[418] },
    Area { zones: &["America/Toronto", "America/Winnipeg"], codes: &[807] },
    Area { zones: &["America/Toronto", "America/Iqaluit"], codes: &[819] },
    Area { zones: &["America/Vancouver"], codes: &[604] },
    Area { zones: &["America/Vancouver", "America/Edmonton"], codes: &[236, 250, 257, 672, 778] },
    Area { zones: &["America/Regina"], codes: &[306, 474, 639] },
    Area { zones: &["America/Edmonton"], codes: &[368, 403, 587, 780, 825] },
    Area { zones: &["America/Halifax"], codes: &[428, 506, 782, 902] },
    Area { zones: &["America/St_Johns"], codes: &[709, 879] },
    Area { zones: &["America/Whitehorse", "America/Edmonton", "America/Toronto"], codes: &[867] },
];

/// The zones a number may be in; none where it is not of North America or its area is not known.
pub fn zones_of(phone: &str) -> &'static [&'static str] {
    let Some(area) = area_of(phone) else { return &[] };
    AREAS.iter().find(|known| known.codes.contains(&area)).map_or(&[], |known| known.zones)
}

/// `+1 303 555 0100`, `(303) 555-0100` and `1-303-555-0100` are all in 303.
fn area_of(phone: &str) -> Option<u16> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let is_abroad = phone.trim_start().starts_with('+') && !digits.starts_with('1');
    let national = match digits.len() {
        11 => digits.strip_prefix('1')?,
        10 if !is_abroad => digits.as_str(),
        _ => return None,
    };
    national[..3].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock;
    use std::collections::BTreeSet;

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for phone in ["3035550100", "(303) 555-0100", "+1 303 555 0100", "1-303-555-0100"] {
            assert_eq!(zones_of(phone), [MOUNTAIN], "{phone}");
        }
        for elsewhere in ["", "555-0100", "+44 20 7946 0958", "+49 3035550100", "0005550100"] {
            assert!(zones_of(elsewhere).is_empty(), "{elsewhere}");
        }
        assert_eq!(zones_of("850-555-0100"), [EASTERN, CENTRAL]);
    }

    #[test]
    fn every_area_is_listed_once_and_its_zones_exist() {
        let mut seen = BTreeSet::new();
        for area in &AREAS {
            for code in area.codes {
                assert!((200..1000).contains(code) && seen.insert(*code), "{code}");
            }
            for zone in area.zones {
                assert_ne!(clock::zone(zone), jiff::tz::TimeZone::UTC, "{zone}");
            }
        }
    }
}
