//! Lamps and bulbs.

use crate::pictures::Colour;

pub(super) fn table_lamp(colour: Colour) -> String {
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

pub(super) fn desk_lamp(colour: Colour) -> String {
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

pub(super) fn mushroom_lamp(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"470\" r=\"300\" fill=\"url(#glow)\" opacity=\".8\"/>\
         <path d=\"M410 690c0-90 10-150 12-240h56c2 90 12 150 12 240z\" fill=\"url(#b)\"/><ellipse cx=\"450\" cy=\"688\" rx=\"90\" ry=\"16\" fill=\"url(#b)\"/>\
         <path d=\"M250 450c0-150 90-230 200-230s200 80 200 230c0 30-400 30-400 0z\" fill=\"url(#b)\"/>\
         <ellipse cx=\"450\" cy=\"452\" rx=\"198\" ry=\"24\" fill=\"#fff3d0\"/>\
         <path d=\"M300 400c10-80 60-130 120-145\" stroke=\"{light}\" stroke-width=\"16\" stroke-linecap=\"round\" fill=\"none\" opacity=\".7\"/>",
        light = colour.shade(65),
    )
}

pub(super) fn pendant_dome(colour: Colour) -> String {
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

pub(super) fn pendant_globe(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"500\" r=\"370\" fill=\"url(#glow)\"/><rect x=\"446\" y=\"0\" width=\"8\" height=\"290\" fill=\"#3b3a38\"/>\
         <path d=\"M410 290h80l14 60H396z\" fill=\"url(#b)\"/><circle cx=\"450\" cy=\"510\" r=\"175\" fill=\"#fdf6e6\"/>\
         <path d=\"M450 335a175 175 0 0 1 0 350c90-60 90-290 0-350z\" fill=\"#efe2c4\" opacity=\".8\"/><rect x=\"386\" y=\"342\" width=\"128\" height=\"16\" rx=\"8\" fill=\"{base}\"/>\
         <ellipse cx=\"385\" cy=\"430\" rx=\"36\" ry=\"56\" transform=\"rotate(30 385 430)\" fill=\"#fff\" opacity=\".8\"/>",
        base = colour.hex(),
    )
}

pub(super) fn floor_lamp(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"220\" r=\"280\" fill=\"url(#glow)\"/><ellipse cx=\"450\" cy=\"690\" rx=\"115\" ry=\"20\" fill=\"{dark}\"/>\
         <rect x=\"442\" y=\"260\" width=\"16\" height=\"428\" fill=\"url(#b)\"/><path d=\"M370 110h160l50 170H320z\" fill=\"#fbf2de\"/>\
         <path d=\"M370 110h46l-30 170h-66z\" fill=\"#fffaf0\"/><path d=\"M500 110h30l50 170h-46z\" fill=\"#e6d9bc\"/><ellipse cx=\"450\" cy=\"281\" rx=\"130\" ry=\"12\" fill=\"#fff2cc\"/>\
         <circle cx=\"450\" cy=\"400\" r=\"12\" fill=\"{base}\"/>",
        dark = colour.shade(-20),
        base = colour.shade(20),
    )
}

pub(super) fn bulb(colour: Colour) -> String {
    format!(
        "<circle cx=\"450\" cy=\"400\" r=\"300\" fill=\"url(#glow)\"/><path d=\"M450 230c-100 0-165 72-165 158 0 92 82 120 92 190h146c10-70 92-98 92-190 0-86-65-158-165-158z\" fill=\"{glass}\" opacity=\".85\"/>\
         <path d=\"M410 570l-14-150 36 30 18-30 18 30 36-30-14 150\" fill=\"none\" stroke=\"#e0a030\" stroke-width=\"6\" stroke-linejoin=\"round\"/>\
         <path d=\"M330 360c10-50 44-84 90-92\" stroke=\"#fff\" stroke-width=\"18\" stroke-linecap=\"round\" fill=\"none\" opacity=\".9\"/>\
         <path d=\"M380 580h140v26l-8 8 8 8v18l-8 8 8 8v14l-30 24h-80l-30-24v-14l8-8-8-8v-18l8-8-8-8z\" fill=\"url(#metal)\"/>",
        glass = colour.shade(55),
    )
}
