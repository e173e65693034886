//! The things of the shop as shapes. All stand on the ground line `y = 700` of a scene of 900 × 900, lit from the upper left.

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
    TableLamp = "table-lamp" => table_lamp, 170, (500, 370);
    DeskLamp = "desk-lamp" => desk_lamp, 170, (480, 480);
    MushroomLamp = "mushroom-lamp" => mushroom_lamp, 180, (490, 410);
    PendantDome = "pendant-dome" => pendant_dome, 0, (0, 0);
    PendantGlobe = "pendant-globe" => pendant_globe, 0, (0, 0);
    FloorLamp = "floor-lamp" => floor_lamp, 150, (600, 270);
    Bulb = "bulb" => bulb, 90, (490, 340);
    Pot = "pot" => pot, 260, (430, 520);
    Pan = "pan" => pan, 230, (200, 800);
    Kettle = "kettle" => kettle, 220, (430, 500);
    CoffeeMaker = "coffee-maker" => coffee_maker, 150, (520, 440);
    Mug = "mug" => mug, 180, (380, 440);
    Plate = "plate" => plate, 0, (0, 0);
    Bowl = "bowl" => bowl, 190, (290, 490);
    Glass = "glass" => glass, 120, (400, 240);
    Knife = "knife" => knife, 0, (0, 0);
    Board = "board" => board, 0, (0, 0);
    Chair = "chair" => chair, 210, (540, 340);
    Stool = "stool" => stool, 180, (410, 350);
    Table = "table" => table, 320, (340, 670);
    Shelf = "shelf" => shelf, 240, (550, 440);
    Cushion = "cushion" => cushion, 240, (420, 450);
    Blanket = "blanket" => blanket, 280, (290, 520);
    FabricRoll = "fabric-roll" => fabric_roll, 320, (290, 640);
    Vase = "vase" => vase, 140, (600, 260);
    Planter = "planter" => planter, 170, (530, 390);
    Hammer = "hammer" => hammer, 0, (0, 0);
    Screwdriver = "screwdriver" => screwdriver, 0, (0, 0);
    Pliers = "pliers" => pliers, 0, (0, 0);
    Screws = "screws" => screws, 0, (0, 0);
    Rope = "rope" => rope, 260, (390, 500);
    Toolbox = "toolbox" => toolbox, 280, (410, 560);
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

fn table_lamp(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"350\" r=\"330\" fill=\"url(#glow)\"/>\
         <ellipse cx=\"450\" cy=\"690\" rx=\"120\" ry=\"20\" fill=\"{dark}\"/><rect x=\"436\" y=\"440\" width=\"28\" height=\"240\" fill=\"url(#metal)\"/>\
         <path d=\"M395 690c-8-90-30-90-20-150 8-46 142-46 150 0 10 60-12 60-20 150z\" fill=\"url(#b)\"/>\
         <path d=\"M345 210h210l75 240H270z\" fill=\"#fbf3e2\"/><path d=\"M345 210h60l-50 240h-85z\" fill=\"#fffaf0\"/><path d=\"M520 210h35l75 240h-60z\" fill=\"#e8dcc2\"/>\
         <ellipse cx=\"450\" cy=\"450\" rx=\"180\" ry=\"16\" fill=\"#fff2cc\"/><path d=\"M415 560c-6 50 6 70 8 120\" stroke=\"{light}\" stroke-width=\"10\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        dark = colour.shade(-40),
        light = colour.shade(55),
    )
}

fn desk_lamp(colour: Colour) -> String {
    format!(
        "<ellipse cx=\"560\" cy=\"520\" rx=\"240\" ry=\"220\" fill=\"url(#glow)\" opacity=\".8\"/>\
         <ellipse cx=\"380\" cy=\"688\" rx=\"130\" ry=\"24\" fill=\"url(#b)\"/><ellipse cx=\"380\" cy=\"680\" rx=\"130\" ry=\"22\" fill=\"{light}\"/>\
         <path d=\"M380 672L300 450 510 280\" stroke=\"{dark}\" stroke-width=\"18\" stroke-linejoin=\"round\" stroke-linecap=\"round\" fill=\"none\"/>\
         <path d=\"M377 668L297 448 507 276\" stroke=\"{base}\" stroke-width=\"9\" stroke-linejoin=\"round\" fill=\"none\"/>\
         <circle cx=\"300\" cy=\"450\" r=\"22\" fill=\"url(#metal)\"/><circle cx=\"508\" cy=\"280\" r=\"18\" fill=\"url(#metal)\"/>\
         <g transform=\"rotate(28 520 290)\"><path d=\"M490 240h70l70 150H420z\" fill=\"url(#b)\"/><ellipse cx=\"525\" cy=\"390\" rx=\"105\" ry=\"20\" fill=\"#fff0c4\"/><rect x=\"500\" y=\"212\" width=\"50\" height=\"34\" rx=\"10\" fill=\"{dark}\"/></g>",
        dark = colour.shade(-36),
        base = colour.hex(),
        light = colour.shade(16),
    )
}

fn mushroom_lamp(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"470\" r=\"300\" fill=\"url(#glow)\" opacity=\".8\"/>\
         <path d=\"M410 690c0-90 10-150 12-240h56c2 90 12 150 12 240z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"688\" rx=\"90\" ry=\"16\" fill=\"url(#b)\"/>\
         <path d=\"M250 450c0-150 90-230 200-230s200 80 200 230c0 30-400 30-400 0z\" fill=\"url(#b)\"/>\
         <ellipse cx=\"450\" cy=\"452\" rx=\"198\" ry=\"24\" fill=\"#fff3d0\"/>\
         <path d=\"M300 400c10-80 60-130 120-145\" stroke=\"{light}\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        light = colour.shade(65),
    )
}

fn pendant_dome(colour: Colour) -> String {
    format!(
        "<ellipse cx=\"450\" cy=\"600\" rx=\"360\" ry=\"250\" fill=\"url(#glow)\"/><rect x=\"446\" y=\"0\" width=\"8\" height=\"300\" fill=\"#3b3a38\"/>\
         <rect x=\"425\" y=\"280\" width=\"50\" height=\"56\" rx=\"10\" fill=\"url(#metal)\"/>\
         <path d=\"M210 560c0-150 110-230 240-230s240 80 240 230z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"560\" rx=\"240\" ry=\"30\" fill=\"#fff1c9\"/>\
         <ellipse cx=\"450\" cy=\"560\" rx=\"240\" ry=\"30\" fill=\"none\" stroke=\"{dark}\" stroke-width=\"5\"/><circle cx=\"450\" cy=\"562\" r=\"42\" fill=\"#fffdf4\"/>\
         <path d=\"M262 500c20-70 70-120 130-138\" stroke=\"{light}\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        dark = colour.shade(-30),
        light = colour.shade(60),
    )
}

fn pendant_globe(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"500\" r=\"370\" fill=\"url(#glow)\"/><rect x=\"446\" y=\"0\" width=\"8\" height=\"290\" fill=\"#3b3a38\"/>\
         <path d=\"M410 290h80l14 60H396z\" fill=\"url(#b)\"/><circle cx=\"450\" cy=\"510\" r=\"175\" fill=\"#fdf6e6\"/>\
         <path d=\"M450 335a175 175 0 0 1 0 350c90-60 90-290 0-350z\" fill=\"#efe2c4\" opacity=\".8\"/><rect x=\"386\" y=\"342\" width=\"128\" height=\"16\" rx=\"8\" fill=\"{base}\"/>\
         <ellipse cx=\"385\" cy=\"430\" rx=\"36\" ry=\"56\" transform=\"rotate(30 385 430)\" fill=\"#fff\" opacity=\".8\"/>",
        base = colour.hex(),
    )
}

fn floor_lamp(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"220\" r=\"280\" fill=\"url(#glow)\"/><ellipse cx=\"450\" cy=\"690\" rx=\"115\" ry=\"20\" fill=\"{dark}\"/>\
         <rect x=\"442\" y=\"260\" width=\"16\" height=\"428\" fill=\"url(#b)\"/><path d=\"M370 110h160l50 170H320z\" fill=\"#fbf2de\"/>\
         <path d=\"M370 110h46l-30 170h-66z\" fill=\"#fffaf0\"/><path d=\"M500 110h30l50 170h-46z\" fill=\"#e6d9bc\"/><ellipse cx=\"450\" cy=\"281\" rx=\"130\" ry=\"12\" fill=\"#fff2cc\"/>\
         <circle cx=\"450\" cy=\"400\" r=\"12\" fill=\"{base}\"/>",
        dark = colour.shade(-20),
        base = colour.shade(20),
    )
}

fn bulb(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"400\" r=\"300\" fill=\"url(#glow)\"/><path d=\"M450 230c-100 0-165 72-165 158 0 92 82 120 92 190h146c10-70 92-98 92-190 0-86-65-158-165-158z\" fill=\"{glass}\" opacity=\".85\"/>\
         <path d=\"M410 570l-14-150 36 30 18-30 18 30 36-30-14 150\" fill=\"none\" stroke=\"#e0a030\" stroke-width=\"6\" stroke-linejoin=\"round\"/>\
         <path d=\"M330 360c10-50 44-84 90-92\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" fill=\"none\" opacity=\".9\"/>\
         <path d=\"M380 580h140v26l-8 8 8 8v18l-8 8 8 8v14l-30 24h-80l-30-24v-14l8-8-8-8v-18l8-8-8-8z\" fill=\"url(#metal)\"/>",
        glass = colour.shade(55),
    )
}

fn pot(colour: Colour) -> String {
    format!(
        "<path d=\"M195 470h70v36h-50c-20 0-20-36-20-36zM705 470h-70v36h50c20 0 20-36 20-36z\" fill=\"{dark}\"/>\
         <path d=\"M240 430h420v200c0 50-30 70-70 70H310c-40 0-70-20-70-70z\" fill=\"url(#b)\"/>\
         <path d=\"M285 460v170c0 24 10 36 26 42\" stroke=\"{light}\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".65\"/>\
         <path d=\"M225 430c0-70 110-100 225-100s225 30 225 100z\" fill=\"url(#b)\"/><rect x=\"215\" y=\"418\" width=\"470\" height=\"22\" rx=\"11\" fill=\"{dark}\"/>\
         <rect x=\"420\" y=\"280\" width=\"60\" height=\"54\" rx=\"22\" fill=\"url(#metal)\"/>",
        dark = colour.shade(-40),
        light = colour.shade(60),
    )
}

fn pan(colour: Colour) -> String {
    format!(
        "<path d=\"M560 590l270-60c24-6 34 30 10 38l-270 70z\" fill=\"url(#wood)\"/><rect x=\"540\" y=\"590\" width=\"60\" height=\"44\" rx=\"10\" fill=\"url(#metal)\" transform=\"rotate(-12 570 610)\"/>\
         <path d=\"M130 590h450l-30 80c-8 20-24 30-50 30H210c-26 0-42-10-50-30z\" fill=\"url(#b)\"/><ellipse cx=\"355\" cy=\"590\" rx=\"226\" ry=\"52\" fill=\"{rim}\"/>\
         <ellipse cx=\"355\" cy=\"594\" rx=\"204\" ry=\"42\" fill=\"#33353a\"/><ellipse cx=\"330\" cy=\"586\" rx=\"120\" ry=\"20\" fill=\"#565a61\" opacity=\".7\"/>",
        rim = colour.shade(20),
    )
}

fn kettle(colour: Colour) -> String {
    format!(
        "<path d=\"M300 400c-10-190 310-190 300 0\" fill=\"none\" stroke=\"url(#wood)\" stroke-width=\"30\" stroke-linecap=\"round\"/>\
         <path d=\"M610 560c60-20 70-110 130-140l24 26c-50 50-50 140-130 180z\" fill=\"url(#b)\"/>\
         <path d=\"M240 640c0-150 70-260 210-260s210 110 210 260c0 40-30 60-70 60H310c-40 0-70-20-70-60z\" fill=\"url(#b)\"/>\
         <ellipse cx=\"450\" cy=\"384\" rx=\"96\" ry=\"20\" fill=\"{dark}\"/><ellipse cx=\"450\" cy=\"376\" rx=\"90\" ry=\"17\" fill=\"{light}\"/><circle cx=\"450\" cy=\"352\" r=\"22\" fill=\"url(#wood)\"/>\
         <path d=\"M290 620c4-90 34-150 80-180\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" fill=\"none\" opacity=\".5\"/>",
        dark = colour.shade(-40),
        light = colour.shade(25),
    )
}

fn coffee_maker(colour: Colour) -> String {
    format!(
        "<path d=\"M590 330h90c30 0 30 40 18 70l-60 150\" fill=\"none\" stroke=\"#2e2c2a\" stroke-width=\"32\" stroke-linecap=\"round\"/>\
         <path d=\"M330 500l-34 200h308l-34-200z\" fill=\"url(#b)\"/><path d=\"M320 500h260v-40H320z\" fill=\"url(#metal)\"/>\
         <path d=\"M310 460l-40-180h340l-30 180z\" fill=\"url(#b)\"/><path d=\"M270 280l-40-10 50 90z\" fill=\"{dark}\"/><path d=\"M280 280l170-60 150 60z\" fill=\"{light}\"/><circle cx=\"450\" cy=\"210\" r=\"22\" fill=\"#2e2c2a\"/>\
         <path d=\"M400 300l10 150M410 510l-16 180\" stroke=\"#fff\" stroke-width=\"14\" opacity=\".35\"/>",
        dark = colour.shade(-20),
        light = colour.shade(22),
    )
}

fn mug(colour: Colour) -> String {
    format!(
        "<path d=\"M600 430c130-30 140 180-10 180\" fill=\"none\" stroke=\"{dark}\" stroke-width=\"38\"/><path d=\"M600 424c126-30 136 176-10 178\" fill=\"none\" stroke=\"{base}\" stroke-width=\"26\"/>\
         <path d=\"M290 360h320v270c0 50-20 70-70 70H360c-50 0-70-20-70-70z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"360\" rx=\"160\" ry=\"34\" fill=\"{light}\"/>\
         <ellipse cx=\"450\" cy=\"364\" rx=\"142\" ry=\"26\" fill=\"#4a2f20\"/><ellipse cx=\"430\" cy=\"362\" rx=\"80\" ry=\"12\" fill=\"#7a5236\" opacity=\".7\"/>\
         <path d=\"M328 420v200\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" opacity=\".45\"/><path d=\"M290 600h320v30c0 50-20 70-70 70H360c-50 0-70-20-70-70z\" fill=\"#fff\" opacity=\".18\"/>",
        dark = colour.shade(-30),
        base = colour.hex(),
        light = colour.shade(35),
    )
}

fn plate(colour: Colour) -> String {
    format!(
        "<ellipse cx=\"480\" cy=\"520\" rx=\"320\" ry=\"300\" fill=\"url(#soft)\"/><circle cx=\"450\" cy=\"470\" r=\"280\" fill=\"{dark}\"/><circle cx=\"446\" cy=\"464\" r=\"278\" fill=\"url(#b)\"/>\
         <circle cx=\"446\" cy=\"464\" r=\"194\" fill=\"{shade}\"/><circle cx=\"450\" cy=\"470\" r=\"186\" fill=\"{base}\"/><circle cx=\"446\" cy=\"464\" r=\"262\" fill=\"none\" stroke=\"{light}\" stroke-width=\"5\" opacity=\".8\"/>\
         <path d=\"M270 400c30-70 90-110 150-122\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".5\"/>",
        dark = colour.shade(-36),
        shade = colour.shade(-16),
        base = colour.shade(10),
        light = colour.shade(60),
    )
}

fn bowl(colour: Colour) -> String {
    format!(
        "<path d=\"M210 470h480c0 130-90 220-160 222H370c-70-2-160-92-160-222z\" fill=\"url(#b)\"/><rect x=\"365\" y=\"684\" width=\"170\" height=\"18\" rx=\"6\" fill=\"{dark}\"/>\
         <ellipse cx=\"450\" cy=\"470\" rx=\"240\" ry=\"56\" fill=\"{light}\"/><ellipse cx=\"450\" cy=\"476\" rx=\"218\" ry=\"46\" fill=\"{inside}\"/>\
         <path d=\"M262 540c16 50 44 84 80 108\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".45\"/>",
        dark = colour.shade(-42),
        light = colour.shade(40),
        inside = colour.shade(-18),
    )
}

fn glass(colour: Colour) -> String {
    format!(
        "<path d=\"M340 330h220l-22 350c-1 14-10 20-24 20H386c-14 0-23-6-24-20z\" fill=\"{tint}\" opacity=\".55\"/><path d=\"M352 470h196l-14 200c-1 14-8 18-20 18H386c-12 0-19-4-20-18z\" fill=\"{water}\" opacity=\".55\"/>\
         <ellipse cx=\"450\" cy=\"470\" rx=\"98\" ry=\"18\" fill=\"#fff\" opacity=\".5\"/><ellipse cx=\"450\" cy=\"330\" rx=\"110\" ry=\"22\" fill=\"#fff\" opacity=\".35\" stroke=\"{line}\" stroke-width=\"5\"/>\
         <path d=\"M380 370l14 290\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" opacity=\".8\"/><path d=\"M340 330l22 350c1 14 10 20 24 20h128c14 0 23-6 24-20l22-350\" fill=\"none\" stroke=\"{line}\" stroke-width=\"5\"/>",
        tint = colour.shade(45),
        water = colour.shade(10),
        line = colour.shade(-18),
    )
}

fn knife(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(-32 450 450)\"><path d=\"M180 470c120-10 240-14 400-10l4 60c-160 20-330 24-404-50z\" fill=\"url(#soft)\" transform=\"translate(14 34)\"/>\
         <path d=\"M100 420h470v74c-170 26-390 20-470-74z\" fill=\"#cfd4d8\"/><path d=\"M100 420h470v26c-190 10-360 6-470-26z\" fill=\"#f1f3f4\"/>\
         <rect x=\"566\" y=\"412\" width=\"30\" height=\"84\" rx=\"6\" fill=\"url(#metal)\"/><path d=\"M596 418h200c26 0 40 20 36 46-3 22-14 30-34 28l-202-4z\" fill=\"url(#v)\"/>\
         <g fill=\"{pin}\"><circle cx=\"650\" cy=\"454\" r=\"9\"/><circle cx=\"714\" cy=\"455\" r=\"9\"/><circle cx=\"776\" cy=\"456\" r=\"9\"/></g></g>",
        pin = colour.shade(60),
    )
}

fn board(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(-8 450 450)\"><rect x=\"262\" y=\"190\" width=\"400\" height=\"580\" rx=\"56\" fill=\"url(#soft)\" transform=\"translate(20 26)\"/>\
         <path d=\"M300 240h100c20 0 10-90 50-90s30 90 50 90h100c30 0 50 20 50 50v420c0 30-20 50-50 50H300c-30 0-50-20-50-50V290c0-30 20-50 50-50z\" fill=\"url(#b)\"/><circle cx=\"450\" cy=\"200\" r=\"18\" fill=\"#e9e3d9\"/>\
         <g fill=\"none\" stroke=\"{grain}\" stroke-width=\"5\" opacity=\".5\"><path d=\"M300 290c30 140-20 260 6 420M370 280c20 150-24 280 4 440M450 300c30 150-30 260 0 420M530 280c22 160-20 270 4 440M600 290c-24 150 20 260-4 420\"/></g></g>",
        grain = colour.shade(-26),
    )
}

fn chair(colour: Colour) -> String {
    format!(
        "<path d=\"M340 500l-40 200h24l46-200zM560 500l40 200h-24l-46-200zM390 520l-10 150h18l14-150zM510 520l10 150h-18l-14-150z\" fill=\"url(#wood)\"/>\
         <path d=\"M318 200c6-46 258-46 264 0l-22 270H340z\" fill=\"url(#b)\"/><path d=\"M356 214c10-20 178-20 188 0l-16 200H372z\" fill=\"{inner}\" opacity=\".7\"/>\
         <path d=\"M296 470c0-26 308-26 308 0l14 40c6 30-344 30-336 0z\" fill=\"url(#v)\"/><path d=\"M318 478c40-14 220-14 262 0\" stroke=\"{light}\" stroke-width=\"8\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        inner = colour.shade(14),
        light = colour.shade(50),
    )
}

fn stool(colour: Colour) -> String {
    format!(
        "<path d=\"M350 380l-70 320h26l76-320zM550 380l70 320h-26l-76-320zM436 390h28v300h-28z\" fill=\"url(#wood)\"/><path d=\"M318 570h264v16H314z\" fill=\"#a67b50\"/>\
         <path d=\"M290 352c0 50 320 50 320 0v-20H290z\" fill=\"{dark}\"/><ellipse cx=\"450\" cy=\"334\" rx=\"162\" ry=\"40\" fill=\"url(#b)\"/><ellipse cx=\"420\" cy=\"326\" rx=\"90\" ry=\"16\" fill=\"{light}\" opacity=\".6\"/>",
        dark = colour.shade(-30),
        light = colour.shade(45),
    )
}

fn table(colour: Colour) -> String {
    format!(
        "<path d=\"M210 450l-30 250h26l50-250zM690 450l30 250h-26l-50-250zM300 450l-8 200h18l22-200zM600 450l8 200h-18l-22-200z\" fill=\"{leg}\"/>\
         <path d=\"M120 440h660v22c0 10-6 14-14 14H134c-8 0-14-4-14-14z\" fill=\"{dark}\"/><path d=\"M190 372h520l70 68H120z\" fill=\"url(#b)\"/>\
         <path d=\"M250 386h300M220 410h240M420 424h250\" stroke=\"{grain}\" stroke-width=\"4\" stroke-linecap=\"round\" opacity=\".45\"/>",
        leg = colour.shade(-20),
        dark = colour.shade(-32),
        grain = colour.shade(-26),
    )
}

fn shelf(colour: Colour) -> String {
    format!(
        "<rect x=\"250\" y=\"180\" width=\"400\" height=\"510\" fill=\"{back}\"/><rect x=\"236\" y=\"160\" width=\"24\" height=\"540\" rx=\"4\" fill=\"url(#b)\"/><rect x=\"640\" y=\"160\" width=\"24\" height=\"540\" rx=\"4\" fill=\"{dark}\"/>\
         <g fill=\"url(#b)\"><rect x=\"236\" y=\"160\" width=\"428\" height=\"24\" rx=\"4\"/><rect x=\"250\" y=\"330\" width=\"400\" height=\"20\"/><rect x=\"250\" y=\"500\" width=\"400\" height=\"20\"/><rect x=\"250\" y=\"664\" width=\"400\" height=\"20\"/></g>\
         <g><rect x=\"280\" y=\"230\" width=\"26\" height=\"100\" fill=\"#a65a43\"/><rect x=\"308\" y=\"216\" width=\"32\" height=\"114\" fill=\"#5d7a78\"/><rect x=\"342\" y=\"240\" width=\"22\" height=\"90\" fill=\"#d9b25f\"/><path d=\"M560 330c-34-40-18-90 10-92 28 2 44 52 10 92z\" fill=\"#e9e2d4\"/>\
         <circle cx=\"330\" cy=\"456\" r=\"44\" fill=\"#c98f6b\"/><rect x=\"500\" y=\"420\" width=\"110\" height=\"16\" fill=\"#56607a\"/><rect x=\"490\" y=\"436\" width=\"126\" height=\"18\" fill=\"#b9b3a6\"/><rect x=\"498\" y=\"454\" width=\"108\" height=\"46\" fill=\"#8b9c83\"/>\
         <rect x=\"300\" y=\"570\" width=\"130\" height=\"94\" rx=\"10\" fill=\"#d6c4a3\"/><rect x=\"480\" y=\"586\" width=\"120\" height=\"78\" rx=\"10\" fill=\"#c7b08a\"/></g>",
        back = colour.shade(-12),
        dark = colour.shade(-32),
    )
}

fn cushion(colour: Colour) -> String {
    format!(
        "<path d=\"M232 330c-20-50 30-60 70-46 90 20 210 20 300 0 40-14 86 0 68 46-24 90-24 200 0 290 18 50-28 78-70 64-90-22-210-22-300 0-42 14-86-14-68-64 24-90 24-200 0-290z\" fill=\"url(#b)\"/>\
         <path d=\"M300 330c70 30 230 30 300 0M300 640c70-30 230-30 300 0\" stroke=\"{dark}\" stroke-width=\"5\" fill=\"none\" opacity=\".35\"/>\
         <g stroke=\"{light}\" stroke-width=\"9\" opacity=\".55\"><path d=\"M350 316v340M400 322v328M450 324v324M500 322v328M550 316v340\"/></g>",
        dark = colour.shade(-40),
        light = colour.shade(35),
    )
}

fn blanket(colour: Colour) -> String {
    format!(
        "<rect x=\"200\" y=\"600\" width=\"500\" height=\"96\" rx=\"40\" fill=\"{dark}\"/><rect x=\"206\" y=\"510\" width=\"490\" height=\"100\" rx=\"42\" fill=\"url(#v)\"/>\
         <rect x=\"212\" y=\"424\" width=\"478\" height=\"96\" rx=\"42\" fill=\"url(#v)\"/><rect x=\"380\" y=\"420\" width=\"90\" height=\"276\" fill=\"#f5efe3\" opacity=\".9\"/><rect x=\"412\" y=\"420\" width=\"26\" height=\"276\" fill=\"{base}\"/>\
         <path d=\"M240 470h120M490 470h170M236 560h124M490 560h174M236 648h124M490 648h170\" stroke=\"{light}\" stroke-width=\"7\" stroke-linecap=\"round\" opacity=\".5\"/>",
        dark = colour.shade(-26),
        base = colour.shade(-16),
        light = colour.shade(50),
    )
}

fn fabric_roll(colour: Colour) -> String {
    format!(
        "<path d=\"M160 560h500v140H160c-70 0-70-140 0-140z\" fill=\"url(#v)\"/><path d=\"M200 590h420M190 640h440M210 672h400\" stroke=\"{light}\" stroke-width=\"6\" opacity=\".4\"/>\
         <path d=\"M150 690c120 20 400 20 620 8l40-10V560H660z\" fill=\"{base}\" opacity=\".0\"/><ellipse cx=\"664\" cy=\"630\" rx=\"56\" ry=\"70\" fill=\"{dark}\"/><ellipse cx=\"664\" cy=\"630\" rx=\"36\" ry=\"46\" fill=\"{base}\"/><ellipse cx=\"664\" cy=\"630\" rx=\"18\" ry=\"24\" fill=\"#e8dcc6\"/>\
         <path d=\"M250 420h420v100H250c-56 0-56-100 0-100z\" fill=\"url(#b)\"/><ellipse cx=\"672\" cy=\"470\" rx=\"40\" ry=\"50\" fill=\"{dark}\"/><ellipse cx=\"672\" cy=\"470\" rx=\"16\" ry=\"20\" fill=\"#e8dcc6\"/><path d=\"M220 520h440v40H180z\" fill=\"{dark}\" opacity=\".35\"/>",
        light = colour.shade(50),
        base = colour.hex(),
        dark = colour.shade(-30),
    )
}

fn vase(colour: Colour) -> String {
    format!(
        "<g fill=\"none\" stroke=\"#6d7a52\" stroke-width=\"9\" stroke-linecap=\"round\"><path d=\"M440 340c-10-90-50-140-90-190M456 340c0-110 20-160 50-230M470 340c20-70 60-110 110-140\"/></g>\
         <g fill=\"#8c9a68\"><ellipse cx=\"372\" cy=\"200\" rx=\"44\" ry=\"18\" transform=\"rotate(56 372 200)\"/><ellipse cx=\"500\" cy=\"160\" rx=\"46\" ry=\"18\" transform=\"rotate(-70 500 160)\"/><ellipse cx=\"560\" cy=\"226\" rx=\"44\" ry=\"17\" transform=\"rotate(-36 560 226)\"/><ellipse cx=\"412\" cy=\"260\" rx=\"36\" ry=\"15\" transform=\"rotate(70 412 260)\"/></g>\
         <path d=\"M400 330h100c0 60 90 110 90 220 0 90-40 150-90 150H400c-50 0-90-60-90-150 0-110 90-160 90-220z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"330\" rx=\"52\" ry=\"13\" fill=\"{dark}\"/>\
         <path d=\"M352 570c0-60 30-100 56-140\" stroke=\"#fff\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".45\"/>",
        dark = colour.shade(-45),
    )
}

fn planter(colour: Colour) -> String {
    format!(
        "<g fill=\"#5f7f57\"><path d=\"M450 500c-30-120-140-150-190-150 10 80 80 150 190 150zM450 500c30-140 140-170 200-170-10 90-90 170-200 170z\"/><path d=\"M450 500c-60-110-50-240 0-320 50 80 60 210 0 320z\" fill=\"#76996a\"/><path d=\"M450 500c-90-70-130-150-110-250 70 40 120 130 110 250z\" fill=\"#6a8c60\"/><path d=\"M450 500c80-60 130-150 120-240-70 40-120 130-120 240z\" fill=\"#547450\"/></g>\
         <path d=\"M300 500h300l-30 180c-2 14-10 20-24 20H354c-14 0-22-6-24-20z\" fill=\"url(#b)\"/><rect x=\"282\" y=\"476\" width=\"336\" height=\"44\" rx=\"14\" fill=\"{light}\"/><path d=\"M300 520h300l-3 18H303z\" fill=\"{dark}\" opacity=\".4\"/>",
        light = colour.shade(14),
        dark = colour.shade(-50),
    )
}

fn hammer(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(38 450 450)\"><rect x=\"436\" y=\"270\" width=\"60\" height=\"520\" rx=\"26\" fill=\"url(#soft)\" transform=\"translate(26 10)\"/>\
         <path d=\"M424 240h52l8 300h-68z\" fill=\"url(#wood)\"/><path d=\"M416 520h68l6 240c0 30-80 30-80 0z\" fill=\"url(#b)\"/><path d=\"M414 580h72M412 630h76M410 680h80\" stroke=\"{dark}\" stroke-width=\"8\" opacity=\".5\"/>\
         <path d=\"M300 170c60-40 110-20 140-14h60v96h-60c-40 0-80-20-150 8-20 8-30-60 10-90z\" fill=\"url(#metal)\"/><path d=\"M500 160h60l14-20h50c16 0 16 128 0 128h-50l-14-20h-60z\" fill=\"url(#metal)\"/></g>",
        dark = colour.shade(-50),
    )
}

fn screwdriver(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(42 450 450)\"><rect x=\"440\" y=\"120\" width=\"60\" height=\"680\" rx=\"30\" fill=\"url(#soft)\" transform=\"translate(22 8)\"/>\
         <path d=\"M438 130h24l4 30v330h-32V160z\" fill=\"url(#metal)\"/><rect x=\"418\" y=\"470\" width=\"64\" height=\"36\" rx=\"8\" fill=\"#3a3a3c\"/>\
         <path d=\"M410 506h80c24 40 20 80 14 120 6 50 4 110-14 140-10 16-70 16-80 0-18-30-20-90-14-140-6-40-10-80 14-120z\" fill=\"url(#b)\"/><path d=\"M428 530v230M450 530v240M472 530v230\" stroke=\"{dark}\" stroke-width=\"8\" opacity=\".4\"/></g>",
        dark = colour.shade(-50),
    )
}

fn pliers(colour: Colour) -> String {
    format!(
        "<g transform=\"rotate(20 450 450)\"><ellipse cx=\"480\" cy=\"480\" rx=\"170\" ry=\"340\" fill=\"url(#soft)\" opacity=\".6\"/>\
         <path d=\"M440 380c-90 90-130 220-100 390 4 26 44 24 46-2 0-120 20-220 84-340z\" fill=\"url(#b)\"/><path d=\"M460 380c90 90 130 220 100 390-4 26-44 24-46-2 0-120-20-220-84-340z\" fill=\"url(#b)\"/>\
         <path d=\"M446 150c-40 60-66 130-56 200 4 40 110 40 114 0 10-70-18-140-58-200z\" fill=\"url(#metal)\"/><path d=\"M448 150v180\" stroke=\"#5d6266\" stroke-width=\"5\"/><circle cx=\"450\" cy=\"376\" r=\"34\" fill=\"url(#metal)\"/><circle cx=\"450\" cy=\"376\" r=\"14\" fill=\"{dark}\"/></g>",
        dark = colour.shade(-55),
    )
}

fn screws(colour: Colour) -> String {
    let one = |x: i32, y: i32, turn: i32| {
        format!(
            "<g transform=\"translate({x} {y}) rotate({turn})\"><ellipse cx=\"12\" cy=\"110\" rx=\"40\" ry=\"130\" fill=\"url(#soft)\" opacity=\".7\"/><path d=\"M-40 0h80l-20 34h-40z\" fill=\"url(#b)\"/><ellipse rx=\"40\" ry=\"13\" fill=\"{}\"/><path d=\"M-18 0h36M0-8v16\" stroke=\"{}\" stroke-width=\"6\"/>\
             <path d=\"M-16 34h32v150l-16 50-16-50z\" fill=\"url(#b)\"/><path d=\"M-20 60l40 12M-20 84l40 12M-20 108l40 12M-20 132l40 12M-20 156l40 12M-16 180l30 10\" stroke=\"{}\" stroke-width=\"7\"/></g>",
            colour.shade(35),
            colour.shade(-50),
            colour.shade(-34)
        )
    };
    [
        one(300, 300, 28),
        one(560, 250, -40),
        one(430, 470, 74),
        one(620, 520, 12),
        one(260, 590, -62),
    ]
    .concat()
}

fn rope(colour: Colour) -> String {
    let coil = (0..6)
        .map(|turn| {
            let y = 670 - turn * 46;
            format!(
                "<ellipse cx=\"450\" cy=\"{y}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{dark}\" stroke-width=\"46\"/><ellipse cx=\"450\" cy=\"{up}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{base}\" stroke-width=\"36\"/><ellipse cx=\"450\" cy=\"{up}\" rx=\"{rx}\" ry=\"54\" fill=\"none\" stroke=\"{light}\" stroke-width=\"30\" stroke-dasharray=\"10 22\" opacity=\".6\"/>",
                rx = 220 - turn * 4,
                up = y - 5,
                dark = colour.shade(-38),
                base = colour.hex(),
                light = colour.shade(34),
            )
        })
        .collect::<Vec<_>>().concat();
    format!("<g transform=\"translate(0 -36)\">{coil}</g>")
}

fn toolbox(colour: Colour) -> String {
    format!(
        "<path d=\"M350 400v-70c0-30 200-30 200 0v70\" fill=\"none\" stroke=\"#3a3a3c\" stroke-width=\"28\"/><path d=\"M180 470l60-80h420l60 80z\" fill=\"{light}\"/>\
         <rect x=\"180\" y=\"466\" width=\"540\" height=\"234\" rx=\"18\" fill=\"url(#b)\"/><rect x=\"180\" y=\"466\" width=\"540\" height=\"44\" fill=\"{dark}\" opacity=\".5\"/>\
         <g fill=\"url(#metal)\"><rect x=\"270\" y=\"480\" width=\"60\" height=\"70\" rx=\"8\"/><rect x=\"570\" y=\"480\" width=\"60\" height=\"70\" rx=\"8\"/></g><path d=\"M430 580l40 20-14-50c50-10 60 40 34 64l60 60-24 24-60-60c-30 16-70-20-36-58z\" fill=\"#fff\" opacity=\".75\"/>",
        light = colour.shade(20),
        dark = colour.shade(-40),
    )
}
