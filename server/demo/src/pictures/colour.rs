//! The colours of the shop's things: a name in two languages and a pigment.

/// A pigment with its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Colour {
    /// Key in the catalogue.
    pub(crate) key: &'static str,
    pub(crate) english: &'static str,
    pub(crate) bulgarian: &'static str,
    pub(crate) rgb: (u8, u8, u8),
}

const fn colour(
    key: &'static str,
    english: &'static str,
    bulgarian: &'static str,
    rgb: (u8, u8, u8),
) -> Colour {
    Colour {
        key,
        english,
        bulgarian,
        rgb,
    }
}

pub(crate) const COLOURS: &[Colour] = &[
    colour("white", "white", "бяло", (240, 238, 232)),
    colour("cream", "cream", "крем", (234, 220, 194)),
    colour("sand", "sand", "пясък", (211, 186, 150)),
    colour("graphite", "graphite", "графит", (66, 70, 76)),
    colour("black", "black", "черно", (40, 41, 44)),
    colour("stone", "stone grey", "каменно сиво", (150, 150, 146)),
    colour("sage", "sage green", "градински чай", (139, 160, 132)),
    colour("olive", "olive", "маслина", (110, 116, 70)),
    colour("forest", "forest green", "горско зелено", (48, 86, 70)),
    colour("teal", "teal", "тюркоаз", (44, 124, 128)),
    colour("navy", "night blue", "нощно синьо", (42, 62, 102)),
    colour("sky", "sky blue", "небесно синьо", (134, 172, 200)),
    colour("terracotta", "terracotta", "теракота", (196, 103, 72)),
    colour("brick", "brick red", "керемидено червено", (166, 60, 48)),
    colour("mustard", "mustard", "горчица", (214, 162, 52)),
    colour("rose", "dusty rose", "пепел от рози", (208, 150, 144)),
    colour("copper", "copper", "мед", (188, 112, 74)),
    colour("brass", "brass", "месинг", (196, 158, 88)),
    colour("steel", "steel", "стомана", (176, 182, 188)),
    colour("oak", "oak", "дъб", (198, 156, 108)),
    colour("walnut", "walnut", "орех", (116, 78, 54)),
    colour("beech", "beech", "бук", (220, 182, 138)),
    colour("glass", "clear glass", "прозрачно стъкло", (190, 210, 212)),
];

impl Colour {
    pub(crate) fn named(key: &str) -> Option<Self> {
        COLOURS.iter().copied().find(|colour| colour.key == key)
    }

    /// As it stands in SVG.
    pub(crate) fn hex(self) -> String {
        hex(self.rgb)
    }

    /// Mixed with white (positive) or with a warm black (negative), in percent.
    pub(crate) fn shade(self, percent: i32) -> String {
        let (target, share) = if percent >= 0 {
            ((255, 253, 248), percent)
        } else {
            ((26, 20, 18), -percent)
        };
        let mix = |from: u8, to: u8| {
            let mixed = (i32::from(from) * (100 - share) + i32::from(to) * share) / 100;
            u8::try_from(mixed.clamp(0, 255)).unwrap_or(u8::MAX)
        };
        hex((
            mix(self.rgb.0, target.0),
            mix(self.rgb.1, target.1),
            mix(self.rgb.2, target.2),
        ))
    }
}

fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
