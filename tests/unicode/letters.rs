// Prints what Rust says about every character; its answer is kept in letters.txt.
//
//     rustc -O letters.rs -o /tmp/letters && /tmp/letters > letters.txt
//
// A line is a word and hexadecimal numbers:
//
//     unicode 17.0.0          the version of Unicode that this Rust knows
//     alphanumeric 30 39      char::is_alphanumeric holds from the first to the last, both included
//     lower 130 69 307        char::to_lowercase gives other characters than the one given

fn is_alphanumeric(code: u32) -> bool {
    char::from_u32(code).is_some_and(char::is_alphanumeric)
}

fn main() {
    let (major, minor, update) = char::UNICODE_VERSION;
    println!("unicode {major}.{minor}.{update}");

    let mut first = None;
    for code in 0..=0x110000 {
        match (first, is_alphanumeric(code)) {
            (None, true) => first = Some(code),
            (Some(from), false) => {
                println!("alphanumeric {from:x} {:x}", code - 1);
                first = None;
            }
            _ => {}
        }
    }

    for character in '\0'..=char::MAX {
        let lower: Vec<char> = character.to_lowercase().collect();
        if lower != [character] {
            print!("lower {:x}", character as u32);
            lower.iter().for_each(|each| print!(" {:x}", *each as u32));
            println!();
        }
    }
}
