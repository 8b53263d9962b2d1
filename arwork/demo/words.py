"""Invented names and phrases. Nobody here exists."""

from __future__ import annotations

import unicodedata

FORMS = {
    "DE": ("GmbH", "GmbH & Co. KG", "AG", "KG", "e.K.", "OHG", "SE", "UG (haftungsbeschränkt)"),
    "AT": ("GmbH", "AG", "KG"), "CH": ("AG", "Sàrl"), "NL": ("B.V.", "N.V."), "FR": ("SARL", "SAS", "SA"),
    "PL": ("Sp. z o.o.", "S.A."), "CZ": ("s.r.o.", "a.s."), "DK": ("ApS", "A/S"), "SE": ("AB",), "IT": ("S.r.l.", "S.p.A."),
    "US": ("Inc.", "LLC", "Corp."), "GB": ("Ltd", "PLC", "LLP"), "JP": ("K.K.", "Co., Ltd."), "FI": ("Oy",), "PT": ("Lda.", "S.A."),
    "HU": ("Kft.", "Zrt."), "IE": ("Ltd", "DAC"),
}  # fmt: skip
STEMS = {
    "DE": ("Grünwald", "Möllenbeck", "Kieferhöhe", "Strömung", "Falkenhain", "Öhlmühle", "Wiesengrund", "Rönneburg", "Ährenfeld",
    "Birkenstieg",
           "Dünenhof", "Eichstätt", "Gänseliesel", "Heidebrück", "Jägersruh", "Königsloh", "Lärchenau", "Mühlbach", "Nebelhorn",
           "Ostersiel",
           "Pfälzer", "Querfurter", "Rüsterbusch", "Säulenhof", "Tannwald", "Überseering", "Vierländer", "Weißenbach", "Zöllner",
           "Straßhof"),
    "AT": ("Alpstein", "Donauquell", "Gletscherblick", "Tauernhöh", "Wörtherer", "Ennsthal"), "CH": ("Säntisblick", "Aareufer",
    "Genferbucht"),
    "NL": ("Duinrand", "Waterlelie", "Kaagpolder", "Noordzijl", "Zwanenburg"), "FR": ("Clairvallée", "Forêt Bleue", "Trois Chênes",
    "Pré-Lévêque"),
    "PL": ("Żółty Dąb", "Kłos", "Wiśniowa", "Źródło", "Świerkowa"), "CZ": ("Šípkový", "Břízka", "Dubový Háj"), "DK": ("Østerhøj",
    "Blåbær", "Søvang"),
    "SE": ("Björkåsen", "Ängsholm", "Sjövik"), "IT": ("Colle Verde", "Fonte Nuova", "Tre Pini"),
    "US": ("Cedar Hollow", "Blue Mesa", "Lakeport", "Granite Falls", "Maple Ridge"), "GB": ("Harrowgate", "Thistledown", "Fernleigh",
    "Oakhampton"),
    "JP": ("Aozora", "Hinode", "Matsukaze"), "FI": ("Järvenpuro", "Hämeenmäki"), "PT": ("Ribeira Nova",), "HU": ("Tölgyes", "Őszirózsa"),
    "IE": ("Kilbarron", "Glenmarra"),
}  # fmt: skip
TRADES = {
    "DE": ("Maschinenbau", "Logistik", "Bürobedarf", "Elektrotechnik", "Möbelhandel", "Anlagenbau", "Großhandel", "Werkzeuge",
    "Lebensmittel",
           "Sanitär", "Präzisionsteile", "Verpackungen"),
    "AT": ("Holzbau", "Metallwaren", "Sportartikel"), "CH": ("Feinmechanik", "Uhrenteile"), "NL": ("Bloemen", "Scheepsbouw", "Techniek"),
    "FR": ("Matériaux", "Équipements", "Distribution"), "PL": ("Meble", "Narzędzia", "Opakowania"), "CZ": ("Strojírna", "Nářadí"),
    "DK": ("Møbler", "Teknik"), "SE": ("Verkstad", "Trävaror"), "IT": ("Utensili", "Imballaggi"), "US": ("Supply", "Tools", "Hardware"),
    "GB": ("Trading", "Engineering", "Fixings"), "JP": ("Trading", "Seiki"), "FI": ("Konepaja",), "PT": ("Ferramentas",),
    "HU": ("Bútor",),
    "IE": ("Foods", "Fittings"),
}  # fmt: skip
SHARES = {
    "DE": 168, "AT": 24, "NL": 20, "FR": 18, "PL": 16, "US": 16, "GB": 18, "CZ": 9, "DK": 9, "SE": 9, "IT": 9, "CH": 8, "JP": 6, "FI": 5,
    "PT": 3, "HU": 4, "IE": 4,
}  # fmt: skip
CURRENCIES = {"US": "USD", "GB": "GBP", "JP": "JPY"}
COLLECTORS = ("A. Petersen", "B. Yıldız", "C. Nowak", "D. O'Hara", "E. Lindqvist")
USERS = ("KLEINM", "SOMMERJ", "BATCH01", "WEISSK")
STRANGERS = (
    "Zwirn & Söhne", "Haus Abendrot", "Quint Consulting", "Familie Brodersen", "Unterelbe Verwaltung", "Xaver Huber", "Palmgarten Events",
    "Vogelsang Stiftung", "M. Jankowski", "Ypsilon Beteiligungen", "Reederei Kattegat", "Zeltverleih Igel",
)  # fmt: skip
SUPPLIERS = ("Stadtwerke Elbufer", "Kontor Papier GmbH", "Spedition Windeck", "Rechenzentrum Hafen AG", "Hausverwaltung Deich")
THANKS = (
    "Zahlung",
    "Danke",
    "Überweisung laut Absprache",
    "payment",
    "Rechnungsausgleich",
    "wie besprochen",
    "Warenlieferung",
    "paiement facture",
)
NAMING = (
    "{}", "Rechnung {}", "Re.-Nr. {}", "Rechnungen {}", "payment of {}", "Zahlung {} Danke", "Invoice(s) {}", "Ihre Rechnung {}",
    "facture {}",
    "Begleichung {}",
)  # fmt: skip
WARES = (
    "Lieferung Februar",
    "Ersatzteile",
    "Schrauben und Beschläge",
    "Werkzeugsätze",
    "Möbelbeschläge",
    "Dichtungen",
    "Servicepauschale",
    "",
)


def on_statement(name: str) -> str:
    """Write a name the way banks do: capitals, no accents."""
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "AE"), ("Ö", "OE"), ("Ü", "UE")):
        name = name.replace(sign, letters)
    return plain(name).upper()[:70]


def plain(text: str) -> str:
    """Take accents off, for files that hold nothing but ASCII."""
    for sign, letters in (("ß", "ss"), ("ø", "o"), ("Ø", "O"), ("ł", "l"), ("Ł", "L"), ("æ", "ae"), ("Æ", "AE"), ("ı", "i")):
        text = text.replace(sign, letters)
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if ord(sign) < 128)
