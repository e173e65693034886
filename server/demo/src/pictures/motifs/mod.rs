//! The things of the shop as shapes. All stand on the ground line `y = 700` of a scene of 900 × 900, lit from the upper left.

mod home;
mod kitchen;
mod lighting;
mod workshop;

use super::{Colour, Drawing};

macro_rules! motifs {
    ($($variant:ident = $name:literal => $draw:path, $shadow:literal, $extent:expr;)*) => {
        /// Kinds of things.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Motif { $($variant),* }

        impl Motif {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];

            /// By its name in the catalogue.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            fn shapes(self, colour: Colour) -> String {
                match self { $(Self::$variant => $draw(colour)),* }
            }

            /// Height above the ground and width; zeros for things that hang or lie flat.
            const fn extent(self) -> (u16, u16) {
                match self { $(Self::$variant => $extent),* }
            }

            /// Half the width of the shadow on the ground; 0 for things that hang or lie flat.
            const fn shadow(self) -> u16 {
                match self { $(Self::$variant => $shadow),* }
            }
        }
    };
}

motifs! {
    TableLamp = "table-lamp" => lighting::table_lamp, 170, (500, 370);
    DeskLamp = "desk-lamp" => lighting::desk_lamp, 170, (480, 480);
    MushroomLamp = "mushroom-lamp" => lighting::mushroom_lamp, 180, (490, 410);
    PendantDome = "pendant-dome" => lighting::pendant_dome, 0, (0, 0);
    PendantGlobe = "pendant-globe" => lighting::pendant_globe, 0, (0, 0);
    FloorLamp = "floor-lamp" => lighting::floor_lamp, 150, (600, 270);
    Bulb = "bulb" => lighting::bulb, 90, (490, 340);
    Pot = "pot" => kitchen::pot, 260, (430, 520);
    Pan = "pan" => kitchen::pan, 230, (200, 800);
    Kettle = "kettle" => kitchen::kettle, 220, (430, 500);
    CoffeeMaker = "coffee-maker" => kitchen::coffee_maker, 150, (520, 440);
    Mug = "mug" => kitchen::mug, 180, (380, 440);
    Plate = "plate" => kitchen::plate, 0, (0, 0);
    Bowl = "bowl" => kitchen::bowl, 190, (290, 490);
    Glass = "glass" => kitchen::glass, 120, (400, 240);
    Knife = "knife" => kitchen::knife, 0, (0, 0);
    Board = "board" => kitchen::board, 0, (0, 0);
    Chair = "chair" => home::chair, 210, (540, 340);
    Stool = "stool" => home::stool, 180, (410, 350);
    Table = "table" => home::table, 320, (340, 670);
    Shelf = "shelf" => home::shelf, 240, (550, 440);
    Cushion = "cushion" => home::cushion, 240, (420, 450);
    Blanket = "blanket" => home::blanket, 280, (290, 520);
    FabricRoll = "fabric-roll" => home::fabric_roll, 320, (290, 640);
    Vase = "vase" => home::vase, 140, (600, 260);
    Planter = "planter" => home::planter, 170, (530, 390);
    Hammer = "hammer" => workshop::hammer, 0, (0, 0);
    Screwdriver = "screwdriver" => workshop::screwdriver, 0, (0, 0);
    Pliers = "pliers" => workshop::pliers, 0, (0, 0);
    Screws = "screws" => workshop::screws, 0, (0, 0);
    Rope = "rope" => workshop::rope, 260, (390, 500);
    Toolbox = "toolbox" => workshop::toolbox, 280, (410, 560);
}

/// Wall, ground, shadow, thing.
pub(super) fn scene(drawing: Drawing) -> String {
    let Drawing {
        motif,
        colour,
        size,
        view,
    } = drawing;
    let (wall, floor, edge) = if view == 1 {
        ("#f7f4ef", "#e9e2d7", "#dcd3c5")
    } else {
        ("#efece8", "#dcd6cd", "#c8c0b4")
    };
    let hanging = matches!(motif, Motif::PendantDome | Motif::PendantGlobe);
    let (height, width) = motif.extent();
    // Standing things fill the picture and keep its middle; what lies flat is seen from above.
    let fill = match (height, width) {
        (0, _) | (_, 0) => 1.0,
        (height, width) => (610.0 / f32::from(height))
            .min(720.0 / f32::from(width))
            .min(1.3),
    };
    let factor = fill * f32::from(size) / 100.0 * if view == 1 { 1.0 } else { 1.1 };
    let flip = if view == 1 { 1.0 } else { -1.0 };
    let (anchor, ground) = match (hanging, height) {
        (true, _) => (0.0, 0.0),
        (false, 0) => (450.0, 450.0),
        (false, height) => (700.0, 470.0 + f32::from(height) * fill / 2.0),
    };
    let backdrop = if height > 0 {
        let horizon = (ground - 110.0) / 900.0;
        format!(
            "<linearGradient id=\"wall\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{wall}\"/>\
             <stop offset=\"{horizon}\" stop-color=\"{floor}\"/><stop offset=\"{below}\" stop-color=\"{wall}\"/><stop offset=\"1\" stop-color=\"{edge}\"/></linearGradient>",
            below = horizon + 0.035,
        )
    } else {
        format!(
            "<linearGradient id=\"wall\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"><stop offset=\"0\" stop-color=\"{wall}\"/>\
             <stop offset=\"1\" stop-color=\"{floor}\"/></linearGradient>"
        )
    };
    let shadow = match motif.shadow() {
        0 => String::new(),
        half => format!(
            "<ellipse cx=\"478\" cy=\"702\" rx=\"{}\" ry=\"34\" fill=\"url(#soft)\"/><ellipse cx=\"456\" cy=\"701\" rx=\"{half}\" ry=\"15\" fill=\"url(#soft)\"/>",
            f32::from(half) * 1.35
        ),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 900\" width=\"900\" height=\"900\"><defs>\
         {backdrop}\
         <radialGradient id=\"soft\"><stop offset=\"0\" stop-color=\"#3a2c20\" stop-opacity=\".42\"/><stop offset=\".6\" stop-color=\"#3a2c20\" stop-opacity=\".16\"/><stop offset=\"1\" stop-color=\"#3a2c20\" stop-opacity=\"0\"/></radialGradient>\
         <linearGradient id=\"b\"><stop offset=\"0\" stop-color=\"{light}\"/><stop offset=\".35\" stop-color=\"{base}\"/><stop offset=\"1\" stop-color=\"{dark}\"/></linearGradient>\
         <linearGradient id=\"v\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"{light}\"/><stop offset=\".5\" stop-color=\"{base}\"/><stop offset=\"1\" stop-color=\"{dark}\"/></linearGradient>\
         <linearGradient id=\"metal\"><stop offset=\"0\" stop-color=\"#dfe2e4\"/><stop offset=\".3\" stop-color=\"#aab0b5\"/><stop offset=\".6\" stop-color=\"#e6e8ea\"/><stop offset=\"1\" stop-color=\"#858b91\"/></linearGradient>\
         <linearGradient id=\"wood\"><stop offset=\"0\" stop-color=\"#dcb688\"/><stop offset=\".5\" stop-color=\"#c79a68\"/><stop offset=\"1\" stop-color=\"#9c7247\"/></linearGradient>\
         <radialGradient id=\"glow\"><stop offset=\"0\" stop-color=\"#fff3cf\" stop-opacity=\".95\"/><stop offset=\".5\" stop-color=\"#ffe6a8\" stop-opacity=\".4\"/><stop offset=\"1\" stop-color=\"#ffe6a8\" stop-opacity=\"0\"/></radialGradient>\
         </defs><rect width=\"900\" height=\"900\" fill=\"url(#wall)\"/>\
         <g transform=\"translate(450 {ground}) scale({flipped} {factor}) translate(-450 -{anchor})\">{shadow}{shapes}</g></svg>",
        light = colour.shade(30),
        base = colour.hex(),
        dark = colour.shade(-34),
        flipped = factor * flip,
        shapes = motif.shapes(colour),
    )
}
