"""Ways to write numbers, dates and lines."""

from unit.data.reading.kinds.kind import (
    Kinds,
    comma,
    gapped,
    grouped,
    months,
    quoted,
    stamps,
    table,
    wave,
)

KINDS = Kinds()
DAYS = stamps("2020-01-13", "1d", 100, "%Y-%m-%d")
LARGE = wave(100, 2_000_000, 900_000)


def indian(value: float) -> str:
    whole, part = f"{value:.2f}".split(".")
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, at - 2) : at] for at in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail]) + "." + part


@KINDS.add(
    "French numbers: a narrow no-break space and a comma",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    first=2_000_000.0,
    target="ventes",
)
def french_numbers() -> str:
    return table("date;ventes", DAYS, grouped(LARGE, "\u202f", ","), sep=";")


@KINDS.add(
    "Swiss numbers: 1'234.50",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    first=2_000_000.0,
    target="Umsatz",
)
def swiss_numbers() -> str:
    return table("Datum;Umsatz", DAYS, grouped(LARGE, "'", "."), sep=";")


@KINDS.add(
    "Indian numbers: 1,23,456.78",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    first=2_000_000.0,
    target="price",
)
def indian_numbers() -> str:
    return table("date,price", DAYS, quoted([indian(value) for value in LARGE]))


@KINDS.add(
    "percent with a decimal comma",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    first=10.0,
    target="Anteil",
)
def percents() -> str:
    return table("Datum;Anteil", DAYS, [f"{cell} %" for cell in comma(wave(100))], sep=";")


@KINDS.add(
    "euros after the number",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    first=2_000_000.0,
    target="Umsatz",
)
def euros() -> str:
    cells = [f"{cell} €" for cell in grouped(LARGE, ".", ",")]
    return table("Datum;Umsatz", DAYS, cells, sep=";")


@KINDS.add(
    "accounting: $ (1,234.50) below zero, $ - for nothing",
    "told",
    "forecast 100 x 1",
    time="2020-01-13",
    target="Profit",
    first=-1500.0,
)
def accounting() -> str:
    values = [-1500.0, *wave(99, 100, 3000)]
    cells = [f"$ {value:,.2f}" if value >= 0 else f"$ ({-value:,.2f})" for value in values]
    return table("date,Profit", DAYS, quoted(gapped(cells, "$ -", 40)))


@KINDS.add(
    "a minus after the number, as SAP writes it",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    target="Saldo",
    first=-1500.0,
)
def trailing_minus() -> str:
    cells = grouped([-1500.0, *wave(99, 100, 3000)], ".", ",")
    return table(
        "Datum;Saldo", DAYS, [f"{cell[1:]}-" if cell[0] == "-" else cell for cell in cells], sep=";"
    )


@KINDS.add(
    "a minus sign of typesetters",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    target="temp",
    first=-4.0,
)
def unicode_minus() -> str:
    cells = [str(value).replace("-", "\u2212") for value in wave(100, -4, 9, digits=1)]
    return table("date,temp", DAYS, cells)


@KINDS.add(
    "T and Z with milliseconds",
    "right",
    "forecast 100 x 1",
    time="2020-01-01 00:00:00",
    target="load",
)
def iso_z() -> str:
    return table("t,load", stamps("2020-01-01", "1h", 100, "%Y-%m-%dT%H:%M:%S.000Z"), wave(100))


@KINDS.add(
    "nanoseconds in text",
    "right",
    "forecast 100 x 1",
    time="2020-01-01 00:00:00.123",
    target="load",
)
def nanoseconds_text() -> str:
    times = stamps("2020-01-01", "1s", 100, "%Y-%m-%dT%H:%M:%S.123456789Z")
    return table("time,load", times, wave(100))


@KINDS.add(
    "nanoseconds since 1970",
    "right",
    "forecast 100 x 1",
    time="2020-01-01 00:00:00",
    target="value",
)
def nanoseconds() -> str:
    times = [1_577_836_800_000_000_000 + at * 1_000_000_000 for at in range(100)]
    return table("time,value", times, wave(100))


@KINDS.add(
    "Unix seconds with decimals",
    "right",
    "forecast 100 x 1",
    time="2020-01-01 00:00:00.500",
    target="value",
)
def unix_decimals() -> str:
    times = [f"{1_577_836_800.5 + at:.6f}" for at in range(100)]
    return table("timestamp,value", times, wave(100))


@KINDS.add(
    "an hour twice when clocks go back",
    "told",
    "forecast 100 x 1",
    time="2024-10-26 00:00",
    target="load",
    zone="Europe/Berlin",
)
def doubled_hour() -> str:
    times = stamps("2024-10-26", "1h", 99, "%Y-%m-%d %H:%M")
    return table("time,load", [*times[:27], times[26], *times[27:]], wave(100))


@KINDS.add(
    "24:00 as the last hour of a day",
    "right",
    "forecast 96 x 1",
    time="2020-01-13 01:00:00",
    target="load",
)
def last_hour() -> str:
    times = [f"{13 + at // 24:02}.01.2020 {at % 24 + 1:02}:00" for at in range(96)]
    return table("Zeit;load", times, comma(wave(96)), sep=";")


@KINDS.add(
    "24:00 with the year first",
    "right",
    "forecast 96 x 1",
    time="2020-01-13 01:00:00",
    target="load",
)
def last_hour_iso() -> str:
    times = [f"2020-01-{13 + at // 24:02} {at % 24 + 1:02}:00" for at in range(96)]
    return table("time,load", times, wave(96))


@KINDS.add("ISO weeks", "right", "forecast 100 x 1", time="2020-01-06", target="sales")
def iso_weeks() -> str:
    return table("week,sales", stamps("2020-01-06", "7d", 100, "%G-W%V"), wave(100))


@KINDS.add("quarters as Q1 2020", "right", "forecast 40 x 1", time="2010-01-01", target="GDP")
def quarters() -> str:
    return table("quarter,GDP", [f"Q{at % 4 + 1} {2010 + at // 4}" for at in range(40)], wave(40))


@KINDS.add(
    "quarters as 2010-Q1",
    "right",
    "forecast 40 x 1",
    time="2010-Q1",
    target="GDP",
)
def quarters_year_first() -> str:
    return table("quarter,GDP", [f"{2010 + at // 4}-Q{at % 4 + 1}" for at in range(40)], wave(40))


@KINDS.add("months in French", "right", "forecast 40 x 1", time="2010-01-01", target="ventes")
def french_months() -> str:
    names = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
             "octobre", "novembre", "décembre"]  # fmt: skip
    days = [f"1 {names[at % 12]} {2010 + at // 12}" for at in range(40)]
    return table("date;ventes", days, comma(wave(40)), sep=";")


@KINDS.add(
    "months in Spanish: ene-20", "right", "forecast 40 x 1", time="2010-01-01", target="ventas"
)
def spanish_months() -> str:
    names = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
    days = [f"{names[at % 12]}-{10 + at // 12}" for at in range(40)]
    return table("mes;ventas", days, comma(wave(40)), sep=";")


@KINDS.add(
    "months as 2020M01, as statistics offices write them",
    "right",
    "forecast 40 x 1",
    time="2010-01-01",
    target="index",
)
def m_months() -> str:
    return table("TIME,index", months(2010, 40, "{:04}M{:02}"), wave(40))


@KINDS.add("months as 202001", "right", "forecast 40 x 1", time="2010-01-01", target="value")
def six_digits() -> str:
    return table("date,value", months(2010, 40, "{:04}{:02}"), wave(40))


@KINDS.add("Jan-20 from Excel", "right", "forecast 40 x 1", time="2010-01-01", target="value")
def excel_months() -> str:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return table("month,value", [f"{names[at % 12]}-{10 + at // 12}" for at in range(40)], wave(40))


@KINDS.add(
    "dates in Chinese: 2020年1月13日",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    target="value",
)
def chinese_dates() -> str:
    return table("日期,value", stamps("2020-01-13", "1d", 100, "%Y年%-m月%-d日"), wave(100))


@KINDS.add(
    "asctime: Mon Jan 13 00:00:00 2020",
    "right",
    "forecast 100 x 1",
    time="2020-01-13 00:00:00",
    target="load",
)
def asctime() -> str:
    return table("time,load", stamps("2020-01-13", "1h", 100, "%a %b %d %H:%M:%S %Y"), wave(100))


@KINDS.add(
    "Apache: 13/Jan/2020:00:00:00 +0000",
    "right",
    "forecast 100 x 1",
    time="2020-01-13 00:00:00",
    target="hits",
)
def apache_dates() -> str:
    return table("time,hits", stamps("2020-01-13", "1h", 100, "%d/%b/%Y:%H:%M:%S +0000"), wave(100))


@KINDS.add(
    "days that could be months",
    "asked",
    "forecast 6 x 1",
    time="2020-02-01",
    target="value",
    asks="dates",
    dates="month-first",
)
def either_order() -> str:
    return table("date,value", [f"01/{month:02}/2020" for month in (2, 4, 6, 8, 10, 12)], wave(6))


@KINDS.add(
    "rows that stand twice",
    "asked",
    "forecast 104 x 1",
    time="2020-01-13",
    target="load",
    asks="order",
)
def doubled_rows() -> str:
    return table("date,load", [*DAYS[:50], *DAYS[46:]], [*wave(50), *wave(100)[46:]])


@KINDS.add(
    "two digits of the year first: 24-01-28",
    "right",
    "forecast 100 x 1",
    time="2024-01-05",
    target="load",
)
def short_year_first() -> str:
    return table("date,load", stamps("2024-01-05", "1d", 100, "%y-%m-%d"), wave(100))


@KINDS.add(
    "the year first, then day and month",
    "right",
    "forecast 100 x 1",
    time="2024-01-05",
    target="load",
)
def year_day_month() -> str:
    return table("date,load", stamps("2024-01-05", "1d", 100, "%Y-%d-%m"), wave(100))


@KINDS.add(
    "day first above, month first below",
    "asked",
    "forecast 100 x 1",
    time="2024-01-05",
    target="load",
    asks="dates",
)
def two_orders() -> str:
    above = stamps("2024-01-05", "1d", 50, "%d/%m/%Y")
    below = stamps("2024-02-24", "1d", 50, "%m/%d/%Y")
    return table("date,load", [*above, *below], wave(100))


@KINDS.add(
    "a date and 1330 in a column of another name",
    "right",
    "forecast 100 x 1",
    time="2024-01-05 00:00:00",
    first=10.0,
    target="v",
)
def hours_and_minutes() -> str:
    days = stamps("2024-01-05", "1h", 100, "%Y%m%d")
    return table("date,hrmn,v", days, stamps("2024-01-05", "1h", 100, "%H%M"), wave(100))


@KINDS.add(
    "a flag of summer time beside an hour that comes twice",
    "told",
    "forecast 100 x 2",
    time="2024-10-26 00:00",
    target="load",
    zone="Europe/Berlin",
)
def summer_time_flag() -> str:
    before = stamps("2024-10-26", "1h", 27, "%Y-%m-%d %H:%M")
    after = stamps("2024-10-27 02:00", "1h", 73, "%Y-%m-%d %H:%M")
    return table("time,load,is_dst", [*before, *after], wave(100), [1] * 27 + [0] * 73)


@KINDS.add(
    "a counter of bytes that could be Unix time",
    "asked",
    "forecast 100 x 1",
    time="2001-09-09 01:46:40",
    target="rate",
    asks="dates",
    dates="none",
)
def counter_of_bytes() -> str:
    return table("total_bytes,rate", [10**9 + 1000 * at for at in range(100)], wave(100))


@KINDS.add(
    "x and y beside a time that starts again",
    "asked",
    "forecast 100 x 3",
    target="y",
    asks="target",
)
def trials_of_a_pointer() -> str:
    return table("time,x,y", [at % 50 / 100 for at in range(100)], wave(100), wave(100, 3))


@KINDS.add(
    "99.9 for a missing value",
    "asked",
    "forecast 100 x 1",
    time="2020-01-13",
    first=10.0,
    target="load",
    asks="na_values",
    na_values="99.9",
)
def ninety_nine() -> str:
    return table("date,load", DAYS, gapped(wave(100), "99.9", 4, 5, 70))


@KINDS.add(
    "a column that says train or test", "told", "forecast 100 x 1", time="2020-01-13", target="load"
)
def split_column() -> str:
    return table("date,load,split", DAYS, wave(100), ["train"] * 80 + ["test"] * 20)


@KINDS.add("one column of numbers", "right", "forecast 100 x 1", first=10.0, target="column 1")
def one_column() -> str:
    return table("", wave(100))


@KINDS.add(
    "row ends of three systems in one file",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    target="load",
)
def mixed_ends() -> str:
    lines = table("date,load", DAYS, wave(100)).splitlines()
    return "".join(line + ("\r\n", "\n")[at % 2] for at, line in enumerate(lines))


@KINDS.add(
    "notes below the table",
    "right",
    "forecast 100 x 2",
    time="2020-01-13",
    target="load",
)
def footer_notes() -> str:
    notes = "\n* provisional\nSource: grid operator, 2020\n"
    return table("date;sun;load", DAYS, wave(100), wave(100, 5), sep=";") + notes


@KINDS.add(
    "Latin-1 with few letters",
    "told",
    "forecast 100 x 1",
    time="2020-01-13",
    target="Température",
)
def latin1() -> bytes:
    return table("date;Température", DAYS, wave(100), sep=";").encode("latin-1")


@KINDS.add(
    "UTF-16 from Excel (Unicode text)",
    "right",
    "forecast 100 x 1",
    time="2020-01-13",
    target="load",
)
def utf16() -> bytes:
    return table("date\tload", DAYS, wave(100), sep="\t").encode("utf-16")


@KINDS.add(
    "a column of comments at the end", "told", "forecast 100 x 1", time="2020-01-13", target="load"
)
def comments_column() -> str:
    return table("date,load,comment", DAYS, wave(100), gapped([""] * 100, "sensor cleaned", 7, 50))


@KINDS.add(
    "the header again in the middle, as where files are joined",
    "told",
    "forecast 100 x 1",
    time="2020-01-13",
    target="load",
)
def header_again() -> str:
    lines = table("date,load", DAYS, wave(100)).splitlines()
    return "\n".join([*lines[:50], lines[0], *lines[50:]]) + "\n"


@KINDS.add(
    "thousands in one column, decimals in another",
    "right",
    "forecast 100 x 2",
    time="2020-01-13",
    target="price",
)
def both_marks() -> str:
    return table(
        "date,volume,price", DAYS, quoted(grouped(wave(100, 5000, 4000), ",", ".", 0)), wave(100)
    )


@KINDS.add(
    "decimal commas in a comma-separated table without quotes", "refused", "cells instead of"
)
def broken_commas() -> str:
    cells = gapped(comma(wave(100), 2), "10", 3, 9, 40)
    return table("date,load", DAYS, cells)


@KINDS.add("infinite values", "refused", "holds an infinite value")
def infinite() -> str:
    return table("date,load", DAYS, gapped(wave(100), "inf", 40))
