"""Names of companies of nine countries, and how banks and payers write them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Country:
    """How a country's companies are named, which currency they pay in, and which language their payments speak."""

    code: str
    language: str
    currency: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    patterns: tuple[str, ...]


def _country(code: str, language: str, currency: str, starts: str, ends: str, trades: str, forms: str, patterns: str) -> Country:
    each = tuple(tuple(form.split("|")) for form in forms.split(";"))
    return Country(
        code, language, currency, tuple(starts.split()), tuple(ends.split()), tuple(trades.split()), each, tuple(patterns.split(";"))
    )


COUNTRIES = (
    _country("SE", "sv", "SEK", "Lind Berg Ek Sjö Hall Ny Sand Öst Väster Häll Ros Alm Björk Grön Ström Håk",
             "ström berg kvist man gren lund dahl hult fors näs",
             "Bygg Teknik Transport Fastigheter Måleri El Åkeri Livs Trä Plåt Energi Entreprenad", "AB|AKTIEBOLAG|A B;HB;KB",
             "{s} {t} {f};{f} {s} {t};{s} & Söner {f};{s} i {g} {f};{s} {s2} {t} {f}"),
    _country("DK", "sv", "DKK", "Jens Møl Kær Søn Skov Vest Bjerg Dal Lund Nør Ravn Hede",
             "gaard strup sen ager holm toft borg rup bæk dal",
             "Byg Teknik Transport VVS Møbler Agro Marine Huse Tømrer Handel", "A/S|AS|A S;ApS|APS;I/S|IS",
             "{s} {t} {f};{s} & Søn {f};{s} {s2} {f};{t} {s} {f}"),
    _country("PL", "pl", "PLN", "Kowal Nowa Wiś Zieliń Szym Woź Kozł Jawor Malin Dąb Krzy Gór Stal Wod",
             "czyk ski ak owicz ek ewski or pol ex bud",
             "Budownictwo Transport Handel Usługi Meble Stal Chłodnie Przetwórstwo Logistyka Odzież Drewno",
             "Sp. z o.o.|SP ZOO|SPOLKA Z O.O.|SPÓŁKA Z OGRANICZONĄ ODPOWIEDZIALNOŚCIĄ;S.A.|SA;Sp. j.|SP J|SPOLKA JAWNA;Sp. k.|SP K",
             "{s} {t} {f};P.P.H.U. {s} {f};{t} {s} {f};Zakłady {s} {f};{s}-{s2} {f}"),
    _country("CZ", "cs", "CZK", "Nov Dvoř Čer Proch Kuč Vesel Hor Něm Pokor Krá Růž Šim", "ák ek ný ková al ský ka ina ičk",
             "Stavby Doprava Obchod Strojírny Pekárny Kovo Dřevo Elektro Služby", "s.r.o.|SRO|SPOL. S R.O.|SPOL S RO;a.s.|AS|A S;k.s.|KS",
             "{s} {t} {f};{t} {s} {f};{s} a syn {f};{s} & {s2} {f}"),
    _country("ES", "es", "EUR", "Etxe Gar Mar Álva Fern Ibá Sán Rod Val Monte Cas Rive",
             "varría cía tínez rez ández ñez chez ríguez verde llana",
             "Construcciones Transportes Suministros Conservas Talleres Distribuciones Muebles Hostelería Pinturas",
             "S.L.|SL|SOCIEDAD LIMITADA|S L;S.A.|SA;S.L.U.|SLU;S.Coop.|S COOP",
             "{t} {s}, {f};{s} y Cía, {f};{t} Hermanos {s} {f};Grupo {s} {f};{s} {s2} {t} {f}"),
    _country("PT", "es", "EUR", "Ferr Olive Carv Souz Pinh Mend Bran Corr Teix Azev", "eira alho eiro onça edo ães dão ada",
             "Construções Transportes Comércio Têxteis Vinhos Conservas Cortiças Moldes",
             "Lda.|LDA|LIMITADA;S.A.|SA;Unip. Lda.|UNIPESSOAL LDA",
             "{s} & Filhos, {f};{t} {s} {f};{s} {t} {f}"),
    _country("NL", "nl", "EUR", "Van-den-Brink De-Groot Ter-Horst Jansen Vis Smit Bakk Dijk Boer Hoek Kuip Ment Veld Wal",
             "ma stra horst ers inga man huis kamp zijl",
             "Bouw Transport Handel Groen Installatie Zuivel Bloemen Techniek Scheepvaart Vleeswaren",
             "B.V.|BV|B V;N.V.|NV;V.O.F.|VOF;Holding B.V.|HOLDING BV",
             "{s} {t} {f};{s} en Zonen {f};{t}bedrijf {s} {f};Gebr. {s} {f};{s} {s2} {t} {f}"),
    _country("IT", "it", "EUR", "Bian Ros Espo Fer Mar Gal Con Ric De-Luc Bar Cos Val",
             "chi setti sito rari ino lotti telli ciardi one bieri",
             "Costruzioni Trasporti Alimentari Meccanica Tessile Arredi Servizi Impianti Ceramiche Salumi",
             "S.r.l.|SRL|S R L|SOCIETA A RESPONSABILITA LIMITATA;S.p.A.|SPA|S P A;S.n.c.|SNC;S.a.s.|SAS di",
             "{s} {t} {f};{t} {s} {f};F.lli {s} {f};{s} & Figli {f};{t} {s} {s2} {f}"),
    _country("FR", "fr", "EUR", "Beau Char Mon Dela Lef Roch Gir Per Mar Dup Cha Le-Gof",
             "pentier tagne croix ebvre efort ard rin tin ont brun",
             "Bâtiment Transports Boulangerie Mécanique Plomberie Emballages Jardins Négoce Vignobles Fonderie",
             "SARL|S.A.R.L.|SOC A RESP LIMITEE;SAS|S.A.S.;SA|S.A.;EURL;& Cie",
             "{s} {t} {f};Ets {s} {f};{t} {s} {f};Société {s} {f};{s} Père et Fils {f}"),
    _country("DE", "de", "EUR", "Ober Unter Stein Schön Grün Wald Alt Neu Kirch Hoch Rein Weiß",
             "bauer hofer müller dorfer meier brunner kamp scheid huber",
             "Werkzeugbau Spedition Großhandel Gartenbau Anlagenbau Druck Sanitär Bäckerei Dachtechnik Feinkost",
             "GmbH|GMBH|G.M.B.H.|GESELLSCHAFT MBH;GmbH & Co. KG|GMBH U CO KG|GMBH&CO.KG|GMBH + CO KG;AG;OHG;e.K.|EK;UG (haftungsbeschränkt)|UG",
             "{s} {t} {f};{t} {s} {f};Gebr. {s} {f};{s} & {s2} {f};{s} {g} {t} {f}"),
    _country("GB", "en", "GBP", "Ash Hart Thorn Whit Black Kings Brad Pem Wex Hol", "worth ley ton field combe well bury ham stone",
             "Builders Haulage Foods Engineering Interiors Fabrics Orchards Joinery Services", "Ltd|LTD|LIMITED|LTD.;PLC|P L C;LLP",
             "{s} {t} {f};{s} & Sons {f};{s} & {s2} {f};The {s} {t} Company {f}"),
)  # fmt: skip
PLACES = ("Nord", "Syd", "Centrum", "Gdynia", "Brno", "Bilbao", "Gent", "Torino", "Lille", "Graz", "Leeds", "Malmö", "Porto")
FACTORS = ("NORDISK FORDRING", "COMPTOIR FACT", "BRIDGE FACTORS", "EURO ESCOMPTE", "MONETA FAKTORING", "FJORD FINANCE PLC", "ANTICIPO SPA")
_SHORT = {
    "TRANSPORT": "TRP", "TRANSPORTES": "TTES", "CONSTRUCCIONES": "CONSTR", "COSTRUZIONI": "COSTR", "BUDOWNICTWO": "BUD", "GROSSHANDEL": "GH",
    "INSTALLATIE": "INST", "ENGINEERING": "ENG", "SERVICES": "SVC", "SERVIZI": "SERV", "DISTRIBUCIONES": "DISTR", "LOGISTYKA": "LOG",
    "ENTREPRENAD": "ENTR", "FASTIGHETER": "FAST", "STROJIRNY": "STROJ", "SUMINISTROS": "SUM", "WERKZEUGBAU": "WZB", "ANLAGENBAU": "ANLB",
    "GRUPO": "GPO", "SOCIETE": "STE", "ZAKLADY": "ZAKL", "TECHNIEK": "TECHN", "MECCANICA": "MECC", "EMBALLAGES": "EMB", "COMPANY": "CO",
}  # fmt: skip
_BY_HAND = str.maketrans({"Ö": "OE", "Ä": "AE", "Ü": "UE", "Å": "AA", "Ø": "OE", "Æ": "AE", "ß": "SS", "ẞ": "SS", "Ł": "L"})


def stem(country: Country, rnd: Random) -> str:
    """Make up a family name."""
    first = rnd.choice(country.starts).replace("-", " ")
    middle = rnd.choice(("", "", "e", "a", "o", "er", "in", "el", "an"))
    return f"{first}{middle}{rnd.choice(country.ends)}"


def company(country: Country, family: str, rnd: Random) -> str:
    """Name a company after a family, as its country does."""
    return rnd.choice(country.patterns).format(
        s=family, s2=stem(country, rnd), t=rnd.choice(country.trades), g=rnd.choice(PLACES), f=rnd.choice(country.forms)[0]
    )


def in_ascii(name: str, by_hand: bool) -> str:
    """Write a name in capital letters without accents: ö as OE (by hand) or as O."""
    text = name.upper().translate(_BY_HAND) if by_hand else name.upper().replace("Ł", "L").replace("Ø", "O").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def as_paid(name: str, country: Country, hurt: dict[str, float], rnd: Random) -> str:
    """Write a name as a bank statement shows it."""
    body, form = name, ""
    for spellings in country.forms:
        if spellings[0] in name and len(spellings[0]) > len(form):
            form, other = spellings[0], rnd.choice(spellings)
    if form and rnd.random() < hurt["form"]:
        body = body.replace(form, "" if rnd.random() < 0.4 else other)
    text = in_ascii(body, rnd.random() < 0.5) if rnd.random() < 0.85 else body
    words = text.replace(",", " ").split()
    if rnd.random() < hurt["short"]:
        words = [_SHORT.get(word.upper(), word) for word in words]
        if len(words) > 2 and rnd.random() < 0.4:
            place = rnd.randrange(len(words))
            words[place] = words[place][: max(1, len(words[place]) // 2)]
    if len(words) > 2 and rnd.random() < hurt["order"]:
        turn = rnd.randrange(1, len(words))
        words = words[turn:] + words[:turn]
    text = " ".join(words)
    if rnd.random() < hurt["typo"] and len(text) > 6:
        text = _slip(text, rnd)
    if "&" in text and rnd.random() < 0.3:
        text = text.replace("&", rnd.choice(("+", "E", "U", "OG", "AND")))
    return (text or name)[: rnd.choice((27, 35, 35, 70))].strip()


def _slip(text: str, rnd: Random) -> str:
    place = rnd.randrange(1, len(text) - 2)
    return rnd.choice((
        text[:place] + text[place + 1 :], text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        text[:place] + rnd.choice("AEIKLNORST") + text[place + 1 :], text[:place] + text[place] + text[place:],
    ))  # fmt: skip
