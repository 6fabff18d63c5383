"""Loads, meters and power plants."""

from unit.data.reading.kinds.kind import (
    Kinds,
    comma,
    gapped,
    grouped,
    quoted,
    stamps,
    table,
    wave,
)

KINDS = Kinds()


@KINDS.add(
    "UCI Air Quality: decimal commas, 18.00.00, -200, two empty columns, empty rows at the end",
    "asked",
    "forecast 300 x 4",
    time="2004-03-10 18:00:00",
    first=2.6,
    target="T",
    asks="na_values target",
    na_values="-200",
)
def air_quality() -> str:
    carbon = [2.6, *wave(299, 2.1, 1, digits=1)]
    rows = table(
        "Date;Time;CO(GT);PT08.S1(CO);C6H6(GT);T;;",
        stamps("2004-03-10 18:00:00", "1h", 300, "%d/%m/%Y"),
        stamps("2004-03-10 18:00:00", "1h", 300, "%H.%M.%S"),
        gapped(comma(carbon, 1), "-200", 5, 6, 90, 91),
        [int(value) for value in wave(300, 1100, 200)],
        comma(wave(300, 10, 6), 1),
        comma(wave(300, 14, 5), 1),
        sep=";", end=";;",
    )  # fmt: skip
    return rows + ";;;;;;;\n" * 114


@KINDS.add(
    "UCI household power: day first, a time column, ? with an empty last cell",
    "asked",
    "forecast 400 x 5",
    time="2006-12-16 17:24:00",
    target="Global_reactive_power",
    asks="target",
)
def household_power() -> str:
    gaps = (30, 31, 32)
    return table(
        "Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;Sub_metering_3",
        stamps("2006-12-16 17:24:00", "1min", 400, "%-d/%-m/%Y"),
        stamps("2006-12-16 17:24:00", "1min", 400, "%H:%M:%S"),
        gapped([f"{value:.3f}" for value in wave(400, 4, 2)], "?", *gaps),
        gapped([f"{value:.3f}" for value in wave(400, 0.4, 0.1)], "?", *gaps),
        gapped([f"{value:.3f}" for value in wave(400, 235, 3)], "?", *gaps),
        gapped([f"{value:.3f}" for value in wave(400, 18, 3)], "?", *gaps),
        gapped([f"{value:.3f}" for value in wave(400, 17, 1, digits=0)], "", *gaps),
        sep=";",
    )


@KINDS.add(
    "ETTh1: oil temperature beside six loads",
    "right",
    "forecast 200 x 4",
    time="2016-07-01 00:00:00",
    target="OT",
)
def ett() -> str:
    return table(
        "date,HUFL,HULL,MUFL,OT", stamps("2016-07-01", "1h", 200),
        *(wave(200, 5 + at, 2, digits=15) for at in range(4)),
    )  # fmt: skip


@KINDS.add(
    "UCI LD2011_2014: a column for each client, dates without a name, decimal commas",
    "asked",
    "forecast 120 x 40",
    time="2011-01-01 00:15:00",
    target="MT_040",
    asks="target",
)
def electricity() -> str:
    return table(
        '"";' + ";".join(f'"MT_{at:03}"' for at in range(1, 41)),
        quoted(stamps("2011-01-01 00:15:00", "15min", 120)),
        *(comma(wave(120, 20 + at, 9, digits=14), 14) for at in range(40)),
        sep=";",
    )


@KINDS.add(
    "ENTSO-E load: intervals from - to, n/e where nothing is expected, - where missing",
    "asked",
    "forecast 200 x 2",
    time="2015-01-01 00:00:00",
    target="Actual Total Load [MW] - Germany",
    asks="target",
)
def entso_e() -> str:
    starts = stamps("2015-01-01", "15min", 200, "%d.%m.%Y %H:%M")
    ends = stamps("2015-01-01 00:15", "15min", 200, "%d.%m.%Y %H:%M")
    load = [int(value) for value in wave(200, 42000, 5000)]
    return table(
        '"MTU (CET/CEST)","Day-ahead Total Load Forecast [MW] - Germany (DE)",'
        '"Actual Total Load [MW] - Germany (DE)"',
        quoted([f"{start} - {end}" for start, end in zip(starts, ends, strict=True)]),
        quoted(load), quoted(gapped(load, "n/e", 8, 9, 10, 190, 191)),
    )  # fmt: skip


@KINDS.add(
    "ERCOT load: the hour that ends, 24:00, thousands in quotes",
    "asked",
    "forecast 96 x 3",
    time="2016-01-01 01:00:00",
    target="ERCOT",
    asks="target",
)
def ercot() -> str:
    hours = [f"01/{1 + at // 24:02}/2016 {at % 24 + 1:02}:00" for at in range(96)]
    return table(
        "Hour_End,COAST,EAST,ERCOT", hours,
        *(quoted(grouped(wave(96, middle, middle / 9), ",", "."))
          for middle in (9000.0, 1200.0, 34000.0)),
    )  # fmt: skip


@KINDS.add(
    "German meter from Excel: sep=;, cp1252, 1.234,56, date and time apart",
    "told",
    "forecast 200 x 2",
    time="2024-01-28 00:00:00",
    target="Verbrauch",
)
def german_meter() -> bytes:
    text = table(
        "sep=;\nDatum;Uhrzeit;Verbrauch (kWh);Außentemperatur (°C)",
        stamps("2024-01-28", "15min", 200, "%d.%m.%Y"),
        stamps("2024-01-28", "15min", 200, "%H:%M"),
        grouped(wave(200, 1100, 300), ".", ","), comma(wave(200, 4), 1), sep=";",
    )  # fmt: skip
    return text.replace("\n", "\r\n").encode("cp1252")


@KINDS.add(
    "SMARD grid load: from and to, units in the header, - where missing",
    "asked",
    "forecast 200 x 2",
    time="2024-01-01 00:00:00",
    target="Netzlast [MWh] Originalauflösungen",
    asks="target",
)
def smard() -> str:
    return "\ufeff" + table(
        "Datum von;Datum bis;Netzlast [MWh] Originalauflösungen;Residuallast [MWh]",
        stamps("2024-01-01", "15min", 200, "%d.%m.%Y %H:%M"),
        stamps("2024-01-01 00:15", "15min", 200, "%d.%m.%Y %H:%M"),
        gapped(grouped(wave(200, 11000, 900), ".", ","), "-", 30, 31),
        grouped(wave(200, 7000, 900, 17), ".", ","), sep=";",
    )  # fmt: skip


@KINDS.add(
    "Kaggle wind turbine (T1.csv): dates with blanks, units in the header",
    "right",
    "forecast 300 x 3",
    time="2018-01-01 00:00:00",
    target="LV ActivePower",
)
def wind_turbine() -> str:
    return table(
        "Date/Time,LV ActivePower (kW),Wind Speed (m/s),Wind Direction (°)",
        stamps("2018-01-01", "10min", 3000, "%d %m %Y %H:%M")[:300],
        wave(300, 380, 90, digits=12), wave(300, 5, 2, digits=12), wave(300, 260, 9, digits=12),
    )  # fmt: skip


@KINDS.add(
    "UCI bike sharing (hour.csv): a row number, a date and an hour, calendar columns",
    "told",
    "forecast 240 x 8",
    time="2011-01-01 00:00:00",
    target="cnt",
)
def bike_sharing() -> str:
    casual = [int(value) for value in wave(240, 20, 9)]
    registered = [int(value) for value in wave(240, 90, 30, 12)]
    return table(
        "instant,dteday,season,yr,hr,holiday,workingday,temp,casual,registered,cnt",
        range(1, 241), stamps("2011-01-01", "1h", 240, "%Y-%m-%d"), [1] * 240, [0] * 240,
        [at % 24 for at in range(240)], [int(at // 24 == 3) for at in range(240)],
        [int(at // 24 % 7 < 5) for at in range(240)], wave(240, 0.4, 0.2), casual, registered,
        [first + second for first, second in zip(casual, registered, strict=True)],
    )  # fmt: skip
