//! Countries and big cities of the world, to guess what a map leaves out: whose a place is, what a name means, what lies
//! next door.
//!
//! The tables come from `GeoNames` (CC BY 4.0; see `README.md` beside this file). Nothing here enters a topology
//! without being marked as imputed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use csv::ReaderBuilder;

use crate::units::Position;

/// A country or area with a code of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166 alpha-2 code.
    pub code: String,
    /// Its English name.
    pub name: String,
    /// World region of the ITU.
    pub region: String,
    /// Position of its capital among the cities; `None` for a few small islands.
    pub capital: Option<usize>,
    /// Inhabitants in thousands.
    pub population_thousand: u32,
    /// Codes of the countries it has a land border with.
    pub neighbours: Vec<String>,
}

/// A city.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Its name.
    pub name: String,
    /// Code of its country.
    pub country: String,
    /// Where it is.
    pub position: Position,
    /// Inhabitants in thousands.
    pub population_thousand: u32,
}

/// The tables, ready to be asked.
pub struct Gazetteer {
    countries: Vec<Country>,
    cities: Vec<City>,
    /// Country by code, name or alias, in lower case without marks.
    names: BTreeMap<String, usize>,
}

const COUNTRIES: &str = include_str!("territories.csv");
const CITIES: &str = include_str!("cities.csv");

impl Gazetteer {
    /// The tables that come with the program, read once.
    #[must_use]
    pub fn world() -> &'static Self {
        static WORLD: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);
        &WORLD
    }

    fn read() -> Self {
        let cities: Vec<City> = rows(CITIES).map(|row| city(&row)).collect();
        let mut capitals: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (i, city) in cities.iter().enumerate() {
            capitals.entry((&city.country, &city.name)).or_insert(i);
        }
        let (mut countries, mut names) = (Vec::new(), BTreeMap::new());
        for [code, name, aliases, region, capital, population, neighbours] in rows(COUNTRIES) {
            for word in [&code, &name].into_iter().map(String::as_str).chain(aliases.split('+')) {
                names.entry(bare(word)).or_insert(countries.len());
            }
            countries.push(Country {
                capital: capitals.get(&(code.as_str(), capital.as_str())).copied(),
                code,
                name,
                region,
                population_thousand: population.parse().expect("the table's populations are numbers"),
                neighbours: neighbours.split('+').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            });
        }
        Self { countries, cities, names }
    }

    /// All countries in order of code.
    #[must_use]
    pub fn countries(&self) -> &[Country] {
        &self.countries
    }

    /// All cities, by country and size.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The country that a code or name means, whatever its case, accents and punctuation.
    #[must_use]
    pub fn country(&self, word: &str) -> Option<&Country> {
        let word = bare(word);
        let position = self.names.get(&word).or_else(|| self.names.get(word.strip_prefix("the")?))?;
        Some(&self.countries[*position])
    }

    /// The capital of a country.
    #[must_use]
    pub fn capital(&self, country: &Country) -> Option<&City> {
        country.capital.map(|capital| &self.cities[capital])
    }
}

/// A small letter without its accent; other letters as they are.
#[must_use]
pub fn plain_letter(c: char) -> char {
    const MARKED: &str = "àáâãäåāæçèéêëēìíîïīıñòóôõöøōùúûüūýÿšžğşćčß";
    const PLAIN: &str = "aaaaaaaaceeeeeiiiiiinooooooouuuuuyyszgsccs";
    if c.is_ascii() {
        return c;
    }
    MARKED.chars().position(|marked| marked == c).and_then(|at| PLAIN.chars().nth(at)).unwrap_or(c)
}

/// A word in lower case, letters and digits only, without accents.
fn bare(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).map(plain_letter).filter(|c| c.is_alphanumeric()).collect()
}

/// The rows of a table of ours, header left out.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [String; N]> {
    ReaderBuilder::new().from_reader(table.as_bytes()).into_records().map(|row| {
        let row = row.expect("the table was written by a program");
        std::array::from_fn(|column| row[column].to_owned())
    })
}

fn city([name, country, lat, lon, population]: &[String; 5]) -> City {
    let number = |text: &String| text.parse::<f64>().expect("the table's coordinates are numbers");
    City {
        name: name.clone(),
        country: country.clone(),
        position: Position::new(number(lat), number(lon)).expect("the table's cities are on Earth"),
        population_thousand: population.parse().expect("the table's populations are numbers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_the_names_of_cable_maps() {
        let world = Gazetteer::world();
        for (name, code) in [
            ("Congo, Dem. Rep.", "CD"),
            ("Côte d'Ivoire", "CI"),
            ("The Netherlands", "NL"),
            ("USA", "US"),
            ("sg", "SG"),
            ("Réunion", "RE"),
            ("Virgin Islands (U.K.)", "VG"),
            ("Türkiye", "TR"),
        ] {
            assert_eq!(world.country(name).map(|country| country.code.as_str()), Some(code), "{name}");
        }
        assert_eq!(world.country("Elbonia"), None);
        assert_eq!(world.country(""), None);
    }

    #[test]
    fn borders_go_both_ways_and_capitals_are_at_home() {
        let world = Gazetteer::world();
        for country in world.countries() {
            for code in &country.neighbours {
                let other = world.country(code).unwrap();
                assert!(other.neighbours.contains(&country.code), "{} and {code}", country.code);
            }
            assert!(world.capital(country).is_none_or(|capital| capital.country == country.code));
        }
        let without: Vec<&str> = world.countries().iter().filter(|c| c.capital.is_none()).map(|c| c.code.as_str()).collect();
        assert!(without.len() <= 8, "{without:?}");
    }

    #[test]
    fn accents_have_their_letters() {
        assert_eq!(bare("Åland Islands"), "alandislands");
        assert_eq!(bare("São Tomé & Príncipe"), "saotomeprincipe");
        assert_eq!(bare("ß"), "s");
    }
}
