"""Stations of weather and air."""

from unit.data.reading.kinds.kind import Kinds, gapped, quoted, stamps, table, wave

KINDS = Kinds()


@KINDS.add(
    "Jena climate: 01.01.2009 00:10:00, units in the header",
    "asked",
    "forecast 300 x 4",
    time="2009-01-01 00:10:00",
    target="wd",
    asks="target",
)
def jena() -> str:
    return table(
        '"Date Time","p (mbar)","T (degC)","rh (%)","wd (deg)"',
        stamps("2009-01-01 00:10", "10min", 300, "%d.%m.%Y %H:%M:%S"),
        wave(300, 996, 5), wave(300, -8, 3), wave(300, 93, 2), wave(300, 152, 40),
    )  # fmt: skip


@KINDS.add(
    "Beijing PM2.5: year, month, day, hour apart, a row number, NA, wind as text",
    "told",
    "forecast 240 x 5",
    time="2010-01-01 00:00:00",
    target="pm2.5",
)
def beijing() -> str:
    return table(
        "No,year,month,day,hour,pm2.5,DEWP,cbwd", range(1, 241), [2010] * 240, [1] * 240,
        [1 + at // 24 for at in range(240)], [at % 24 for at in range(240)],
        gapped([int(value) for value in wave(240, 120, 60)], "NA", *range(24)),
        [int(value) for value in wave(240, -16, 5)], ["NW", "NW", "SE", "cv"] * 60,
    )  # fmt: skip


@KINDS.add(
    "NOAA GSOD: 20200101, flags beside numbers (45.3*, 0.01G), 999.9",
    "asked",
    "forecast 120 x 4",
    time="2020-01-01",
    first=724940.0,
    target="SNDP",
    asks="marks na_values target",
)
def gsod() -> str:
    highest = [f"{value}*" if at % 5 == 0 else f"{value}"
               for at, value in enumerate(wave(120, 58, 4, digits=1))]  # fmt: skip
    rain = [f"{value:.2f}{'GHI'[at % 3]}" for at, value in enumerate(wave(120, 0.5, 0.3))]
    return table(
        "STN YEARMODA TEMP MAX PRCP SNDP", [724940] * 120,
        stamps("2020-01-01", "1d", 120, "%Y%m%d"),
        wave(120, 50, 4, digits=1), highest, rain,
        gapped(wave(120, 3, 1, digits=1), "999.9", 3, 7, 9),
        sep="  ",
    )  # fmt: skip


@KINDS.add(
    "Meteostat bulk: no header, a date and an hour, empty columns",
    "asked",
    "forecast 240 x 3",
    time="2020-01-01 00:00:00",
    first=-1.0,
    target="column 6",
    asks="target",
)
def meteostat() -> str:
    return table(
        "", stamps("2020-01-01", "1h", 240, "%Y-%m-%d"), [at % 24 for at in range(240)],
        wave(240, -1, 3, digits=1), wave(240, 90, 5, digits=1), [""] * 240,
        wave(240, 1025, 3, digits=1), [""] * 240,
    )  # fmt: skip


@KINDS.add(
    "vega seattle-weather: a text column last",
    "asked",
    "forecast 200 x 7",
    time="2012-01-01",
    target="wind",
    asks="target",
)
def seattle_weather() -> str:
    return table(
        "date,precipitation,temp_max,temp_min,wind,weather",
        stamps("2012-01-01", "1d", 200, "%Y-%m-%d"),
        wave(200, 3, 2, digits=1), wave(200, 12, 5, digits=1), wave(200, 5, 3, digits=1),
        wave(200, 4, 1, digits=1), (["drizzle", "rain", "rain", "sun", "sun"] * 40),
    )  # fmt: skip


@KINDS.add(
    "Kaggle Seattle rain: True and False last",
    "asked",
    "forecast 200 x 4",
    time="1948-01-01",
    target="TMIN",
    asks="target",
)
def seattle_rain() -> str:
    return table(
        "DATE,PRCP,TMAX,TMIN,RAIN", stamps("1948-01-01", "1d", 200, "%Y-%m-%d"),
        wave(200, 0.5, 0.3),
        [int(value) for value in wave(200, 50, 9)], [int(value) for value in wave(200, 40, 7)],
        [str(at % 3 == 0).upper() for at in range(200)],
    )  # fmt: skip


@KINDS.add(
    "DWD station: 2007040101, padded with blanks, eor at the end, -999",
    "asked",
    "forecast 240 x 4",
    time="2007-04-01 01:00:00",
    first=44.0,
    target="RF_TU",
    asks="na_values target",
)
def dwd() -> str:
    temperature = [f"{value:7.1f}" for value in wave(240, 9, 4)]
    return table(
        "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor", ["         44"] * 240,
        stamps("2007-04-01 01:00", "1h", 240, "%Y%m%d%H"), ["    3"] * 240,
        gapped(temperature, "   -999", 20, 21, 99), [f"{value:6.1f}" for value in wave(240, 79, 9)],
        ["eor"] * 240, sep=";",
    )  # fmt: skip


@KINDS.add(
    "Open-Meteo CSV: place above the table, units in the header",
    "asked",
    "forecast 240 x 2",
    time="2024-01-01T00:00",
    first=3.0,
    target="rain",
    asks="target",
)
def open_meteo() -> str:
    above = "latitude,longitude,elevation,utc_offset_seconds\n52.52,13.4,38.0,0\n\n"
    return above + table(
        "time,temperature_2m (°C),rain (mm)", stamps("2024-01-01", "1h", 240, "%Y-%m-%dT%H:%M"),
        wave(240, 3, 4, digits=1), wave(240, 0.5, 0.3),
    )  # fmt: skip


@KINDS.add(
    "SILSO sunspots: no header, year;month;fraction, -1",
    "asked",
    "forecast 240 x 5",
    time="1749-01-01",
    target="column 4",
    asks="target",
)
def sunspots() -> str:
    return table(
        "", [1749 + at // 12 for at in range(240)], [f"{at % 12 + 1:02}" for at in range(240)],
        [f"{1749 + (at + 0.5) / 12:.3f}" for at in range(240)],
        [f"{value:6.1f}" for value in wave(240, 90, 40, 132)], [" -1.0"] * 240, ["   -1"] * 240,
        ["1"] * 240, sep=";",
    )  # fmt: skip


@KINDS.add(
    "NOAA CO2 weekly: many # lines, year month day apart, -999.99",
    "asked",
    "forecast 200 x 3",
    time="1974-05-19",
    target="10 years ago",
    asks="na_values target",
)
def carbon_dioxide() -> str:
    days = stamps("1974-05-19", "7d", 200, "%Y,%-m,%-d")
    return "# NOAA GML\n# use: free\n" * 20 + table(
        "year,month,day,decimal,average,10 years ago", days,
        [f"{1974.38 + at * 7 / 365.25:.4f}" for at in range(200)], wave(200, 333, 2, 52),
        gapped(wave(200, 323, 2, 52), "-999.99", *range(9)),
    )  # fmt: skip


@KINDS.add(
    "weather station (Davis): two header rows, newest first, --- where missing, 12:05a",
    "asked",
    "forecast 200 x 2",
    time="2020-05-01 00:00:00",
    target="Out Hum",
    asks="target",
)
def davis() -> str:
    return table(
        "\t\tTemp\tOut\nDate\tTime\tOut\tHum", stamps("2020-05-01", "30min", 200, "%d.%m.%y"),
        [text[:-1].lower().lstrip("0") for text in stamps("2020-05-01", "30min", 200, "%I:%M%p")],
        gapped(wave(200, 12, 4, digits=1), "---", 40, 41),
        [int(value) for value in wave(200, 70, 9)], sep="\t",
    )  # fmt: skip


@KINDS.add(
    "openSenseMap, luftdaten: T and a long fraction, ids that never change",
    "asked",
    "forecast 200 x 6",
    time="2022-01-01T00:00:00",
    target="P2",
    asks="target",
)
def luftdaten() -> str:
    return table(
        "sensor_id;sensor_type;location;lat;lon;timestamp;P1;P2", [141] * 200, ["SDS011"] * 200,
        [65] * 200, [48.745] * 200, [9.113] * 200,
        stamps("2022-01-01", "150s", 200, "%Y-%m-%dT%H:%M:%S"), wave(200, 40, 9), wave(200, 20, 5),
        sep=";",
    )  # fmt: skip


@KINDS.add(
    "air quality in quotes with text numbers and a zone",
    "told",
    "forecast 200 x 1",
    time="2021-01-01 00:00:00",
    target="value",
)
def openaq() -> str:
    return table(
        '"location","utc","local","parameter","value","unit"', quoted(["Paris"] * 200),
        quoted(stamps("2021-01-01", "1h", 200, "%Y-%m-%dT%H:%M:%SZ")),
        quoted(stamps("2021-01-01 01:00", "1h", 200, "%Y-%m-%dT%H:%M:%S+01:00")),
        quoted(["pm25"] * 200), quoted(wave(200, 30, 9)), quoted(["µg/m³"] * 200),
    )  # fmt: skip
