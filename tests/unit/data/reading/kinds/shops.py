"""Sales, searches and statistics of countries."""

from unit.data.reading.kinds.kind import Kinds, gapped, quoted, stamps, table, wave

KINDS = Kinds()
DAYS = stamps("2013-01-01", "1d", 60, "%Y-%m-%d")


@KINDS.add(
    "Kaggle store sales: a row number named id, shops and families by day",
    "told",
    "forecast 240 x 2",
    time="2013-01-01",
    target="sales",
)
def store_sales() -> str:
    pairs = [(shop, family) for shop in (1, 2) for family in ("BEVERAGES", "MEATS")]
    return table(
        "id,date,store_nbr,family,sales,onpromotion", range(240), [d for d in DAYS for _ in pairs],
        [shop for _ in DAYS for shop, _ in pairs], [family for _ in DAYS for _, family in pairs],
        wave(240, 500, 90), [at % 3 for at in range(240)],
    )  # fmt: skip


@KINDS.add(
    "M5: a series in each row, d_1 to d_1913, several ids",
    "told",
    "forecast 800 x 1",
    target="value",
)
def m5() -> str:
    ids = [f"HOBBIES_1_{at:03}_CA_1_validation" for at in range(8)]
    steps = [[int(value) for value in wave(8, 9 + at % 7, 3)] for at in range(100)]
    return table(
        "id,item_id,dept_id,store_id," + ",".join(f"d_{at}" for at in range(1, 101)), ids,
        [f"HOBBIES_1_{at:03}" for at in range(8)], ["HOBBIES_1"] * 8, ["CA_1"] * 8, *steps,
    )  # fmt: skip


@KINDS.add(
    "Rossmann: newest first, all shops of a day together",
    "told",
    "forecast 240 x 7",
    time="2013-01-01",
    target="Sales",
)
def rossmann() -> str:
    days = DAYS[::-1]
    return table(
        '"Store","DayOfWeek","Date","Sales","Customers","Open","Promo","StateHoliday"',
        [shop for _ in days for shop in range(1, 5)],
        [at % 7 + 1 for at in range(60) for _ in "abcd"],
        [day for day in days for _ in "abcd"], [int(v) for v in wave(240, 5000, 900)],
        [int(v) for v in wave(240, 500, 90)], [int(at % 9 > 0) for at in range(240)],
        [at % 2 for at in range(240)], quoted(["a" if at % 40 < 4 else "0" for at in range(240)]),
    )  # fmt: skip


@KINDS.add(
    "Kaggle Walmart: 05-02-2010, one series for each shop",
    "told",
    "forecast 150 x 3",
    time="2010-02-05",
    target="Weekly_Sales",
)
def walmart() -> str:
    weeks = stamps("2010-02-05", "7d", 50, "%d-%m-%Y")
    return table(
        "Store,Date,Weekly_Sales,Holiday_Flag,Temperature",
        [shop for shop in (1, 2, 3) for _ in weeks],
        weeks * 3, wave(150, 1_600_000, 90_000), [int(at % 10 == 1) for at in range(150)],
        wave(150, 50, 9),
    )  # fmt: skip


@KINDS.add(
    "Favorita: items in shops, returns below zero, True and False",
    "told",
    "forecast 240 x 2",
    time="2013-01-01",
    target="unit_sales",
)
def favorita() -> str:
    pairs = [(shop, item) for shop in (25, 26) for item in (103665, 105574)]
    return table(
        "id,date,store_nbr,item_nbr,unit_sales,onpromotion", range(240),
        [day for day in DAYS for _ in pairs], [shop for _ in DAYS for shop, _ in pairs],
        [item for _ in DAYS for _, item in pairs], gapped(wave(240, 7, 3), "-2.0", 30),
        [str(at % 3 == 0) for at in range(240)],
    )  # fmt: skip


@KINDS.add(
    "Google Trends: a title above, <1 among the numbers",
    "asked",
    "forecast 150 x 1",
    time="2019-01-06",
    target="bitcoin: (Worldwide)",
    asks="marks",
)
def google_trends() -> str:
    values = gapped([int(value) for value in wave(150, 40, 20)], "<1", 3, 4, 5, 60)
    weeks = stamps("2019-01-06", "7d", 150, "%Y-%m-%d")
    return "Category: All categories\n\n" + table("Week,bitcoin: (Worldwide)", weeks, values)


@KINDS.add(
    "JHU COVID-19: a country in each row, dates as column names, month first",
    "told",
    "forecast 500 x 1",
    time="2020-01-22",
    target="value",
)
def jhu() -> str:
    days = stamps("2020-01-22", "1d", 100, "%-m/%-d/%y")
    countries = ["Albania", "Algeria", "Andorra", "Angola", "China"]
    return table(
        "Province/State,Country/Region,Lat,Long," + ",".join(days), ["", "", "", "", "Anhui"],
        countries,
        wave(5, 30, 9), wave(5, 20, 9),
        *([at * (row + 1) for row in range(5)] for at in range(100)),
    )  # fmt: skip


@KINDS.add(
    "Our World in Data: many countries, dates that begin at different days, empty cells",
    "asked",
    "forecast 150 x 2",
    time="2020-03-01",
    target="total_cases",
    asks="target",
)
def owid() -> str:
    days = stamps("2020-03-01", "1d", 60, "%Y-%m-%d")
    spans = [("AFG", "Asia", "Afghanistan", 0), ("ALB", "Europe", "Albania", 10),
             ("DZA", "Africa", "Algeria", 20)]  # fmt: skip
    rows = [(*names, day) for *names, skipped in spans for day in days[skipped:]]
    columns = list(zip(*rows, strict=True))
    new = [int(value) for value in wave(150, 90, 30)]
    return table(
        "iso_code,continent,location,date,new_cases,total_cases", *columns,
        gapped(new, "", 0, 1, 77),
        [at * 40 for at in range(150)],
    )  # fmt: skip


@KINDS.add(
    "World Bank: lines above, years as column names, a comma after the last",
    "told",
    "forecast 250 x 1",
    time="1960",
    target="value",
)
def world_bank() -> str:
    above = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2023-10-26",\n\n'
    names = ["Aruba", "Angola", "Albania", "Andorra", "Austria"]
    years = [quoted(wave(5, 100 + at, 9)) for at in range(50)]
    years[3][2] = '""'
    header = ",".join(
        quoted(["Country Name", "Country Code", "Indicator Name", *range(1960, 2010)])
    )
    return "\ufeff" + above + table(
        header + ",", quoted(names), quoted([name[:3].upper() for name in names]),
        quoted(["GDP (current US$)"] * 5), *years, end=",",
    )  # fmt: skip


@KINDS.add(
    "Eurostat TSV: freq,unit,geo\\TIME_PERIOD, a colon where missing, flags beside numbers",
    "asked",
    "forecast 200 x 1",
    time="2000",
    target="value",
    asks="marks",
)
def eurostat() -> str:
    places = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES"]
    years = [[f"{value} " for value in wave(10, 9 + at / 7, 3, digits=1)] for at in range(20)]
    years[4][3], years[5][3], years[7][5], years[9][2] = ": ", ": c", "12.3 p", "11.1 b"
    return table(
        "freq,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{year} " for year in range(2000, 2020)),
        [f"A,PC,{place}" for place in places], *years, sep="\t",
    )  # fmt: skip


@KINDS.add(
    "BLS: a year in each row, months as columns",
    "asked",
    "forecast 30 x 12",
    time="1990",
    asks="target",
    target="Dec",
)
def bls() -> str:
    return "Consumer Price Index\nSeries Id:,CUUR0000SA0\n\n" + table(
        "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec", range(1990, 2020),
        *(wave(30, 100 + at, 9, 50, 3) for at in range(12)),
    )  # fmt: skip


@KINDS.add(
    "CDC ILINet: a title, year and week apart, X where missing",
    "asked",
    "forecast 200 x 2",
    time="2010-01-04",
    target="ILITOTAL",
    asks="target",
)
def cdc_flu() -> str:
    title = "PERCENTAGE OF VISITS FOR INFLUENZA-LIKE-ILLNESS REPORTED BY SENTINEL PROVIDERS\n"
    return title + table(
        "REGION TYPE,REGION,YEAR,WEEK,%UNWEIGHTED ILI,AGE 25-49,ILITOTAL", ["National"] * 200,
        ["X"] * 200,
        [2010 + at // 52 for at in range(200)], [at % 52 + 1 for at in range(200)],
        wave(200, 2, 1, 52, 5), ["X"] * 200, [int(value) for value in wave(200, 700, 90, 52)],
    )  # fmt: skip


@KINDS.add(
    "Wikipedia page views: a page in each row, dates as column names",
    "told",
    "forecast 400 x 1",
    time="2015-07-01",
    target="value",
)
def page_views() -> str:
    days = stamps("2015-07-01", "1d", 100, "%Y-%m-%d")
    cells = [[int(value) for value in wave(4, 9 + at % 5, 4)] for at in range(100)]
    cells[40][2] = ""  # type: ignore[call-overload]
    return table(
        "Page," + ",".join(days),
        [f"Topic{at}_en.wikipedia.org_all-access" for at in range(4)],
        *cells,
    )


@KINDS.add(
    "Excel pivot: a total below the table, with all its cells",
    "asked",
    "forecast 60 x 2",
    time="2013-01-01",
    target="Sold",
    asks="target",
)
def with_total() -> str:
    first, second = wave(60, 40, 9, digits=0), wave(60, 60, 9, digits=0)
    rows = table("Date,Made,Sold", DAYS, first, second)
    return rows + f"Total,{sum(first)},{sum(second)}\n"


@KINDS.add(
    "Gapminder: countries by year, the name first",
    "asked",
    "forecast 90 x 2",
    time="1990",
    first=50.0,
    target="pop",
    asks="target",
)
def gapminder() -> str:
    years = [1990 + at for at in range(30)]
    return table(
        "country,year,lifeExp,pop", [name for name in ("Albania", "Chad", "Chile") for _ in years],
        years * 3, wave(90, 50, 9), [int(value) for value in wave(90, 9e6, 1e5)],
    )  # fmt: skip


@KINDS.add(
    "pandas to_csv with its index, a target for each row",
    "told",
    "classify 99 x 3 x 1",
    first=10.0,
    target="target",
)
def pandas_index() -> str:
    columns = [wave(99, 10 + at) for at in range(3)]
    return table(",x1,x2,x3,target", range(99), *columns, [at % 3 for at in range(99)])
