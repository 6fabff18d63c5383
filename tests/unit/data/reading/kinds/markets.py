"""Prices, rates and currencies."""

from unit.data.reading.kinds.kind import Kinds, gapped, grouped, months, quoted, stamps, table, wave

KINDS = Kinds()
DAYS = stamps("2020-01-01", "1d", 200, "%Y-%m-%d")
PRICES = [wave(200, 100 + at, 9, 40) for at in range(4)]
VOLUMES = [int(value) * 1000 for value in wave(200, 5000, 900)]


@KINDS.add(
    "Yahoo Finance: null on a day without trade",
    "told",
    "forecast 200 x 6",
    time="2020-01-01",
    target="Close",
)
def yahoo() -> str:
    columns = [gapped(cells, "null", 50) for cells in (*PRICES, PRICES[3], VOLUMES)]
    return table("Date,Open,High,Low,Close,Adj Close,Volume", DAYS, *columns)


@KINDS.add(
    "yfinance.download().to_csv(): three header rows",
    "right",
    "forecast 200 x 5",
    time="2020-01-01",
    target="Close",
)
def yfinance() -> str:
    header = "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,"
    return table(header, DAYS, *PRICES, VOLUMES)


@KINDS.add(
    "yfinance of two shares: header levels",
    "asked",
    "forecast 200 x 4",
    time="2020-01-01",
    target="Close MSFT",
    asks="target",
)
def yfinance_two() -> str:
    header = "Price,Close,Close,Volume,Volume\nTicker,AAPL,MSFT,AAPL,MSFT\nDate,,,,"
    return table(header, DAYS, *PRICES[:2], VOLUMES, VOLUMES[::-1])


def klines(factor: int) -> str:
    opened = [(1_609_459_200 + 60 * at) * factor for at in range(200)]
    return table(
        "", opened, *([f"{value:.8f}" for value in cells] for cells in PRICES),
        [f"{value:.8f}" for value in wave(200, 30, 9)], [at + 60 * factor - 1 for at in opened],
        [int(value) for value in wave(200, 900, 90)], [0] * 200,
    )  # fmt: skip


@KINDS.add(
    "Binance klines: no header, milliseconds",
    "asked",
    "forecast 200 x 7",
    time="2021-01-01 00:00:00",
    first=100.0,
    asks="target",
    target="column 8",
)
def binance() -> str:
    return klines(1000)


@KINDS.add(
    "Binance klines since 2025: microseconds",
    "asked",
    "forecast 200 x 7",
    time="2021-01-01 00:00:00",
    first=100.0,
    asks="target",
    target="column 8",
)
def binance_micro() -> str:
    return klines(1_000_000)


@KINDS.add(
    "Alpha Vantage: newest first",
    "right",
    "forecast 200 x 5",
    time="2020-01-01",
    first=100.0,
    target="close",
)
def alpha_vantage() -> str:
    return table(
        "timestamp,open,high,low,close,volume", *(cells[::-1] for cells in (DAYS, *PRICES, VOLUMES))
    )


@KINDS.add(
    "FRED: a point where there is no value",
    "told",
    "forecast 200 x 1",
    time="2020-01-01",
    first=1.0,
    target="DGS10",
)
def fred() -> str:
    return table("observation_date,DGS10", DAYS, gapped(wave(200, 1, 0.5), ".", 4, 9))


@KINDS.add(
    "Stooq: names in angle brackets, 20200101 and 000000",
    "told",
    "forecast 200 x 6",
    time="2020-01-01",
    first=0.0,
    target="<CLOSE>",
)
def stooq() -> str:
    return table(
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>", ["AAPL.US"] * 200,
        ["D"] * 200, stamps("2020-01-01", "1d", 200, "%Y%m%d"), ["000000"] * 200, *PRICES, VOLUMES,
    )  # fmt: skip


@KINDS.add(
    "ECB data portal: a date and a quarter",
    "told",
    "forecast 80 x 1",
    time="2000-03-31",
    first=8.0,
    target="Unemployment (LFSI.Q.I8)",
)
def ecb() -> str:
    ends = [f"{2000 + at // 4}-{('03-31', '06-30', '09-30', '12-31')[at % 4]}" for at in range(80)]
    quarters = [f"{2000 + at // 4}Q{at % 4 + 1}" for at in range(80)]
    return "\ufeff" + table(
        '"DATE","TIME PERIOD","Unemployment (LFSI.Q.I8)"', quoted(ends), quoted(quarters),
        quoted(wave(80, 8, 1)),
    )  # fmt: skip


@KINDS.add(
    "Investing.com: month first, newest first, 61.55K, percent",
    "right",
    "forecast 200 x 4",
    time="2020-01-01",
    first=10000.0,
    target="Price",
)
def investing() -> str:
    days = stamps("2020-01-01", "1d", 200, "%m/%d/%Y")
    price = grouped(wave(200, 10000, 900), ",", ".", 1)
    columns = [days, price, price[1:] + price[:1], [f"{v:.2f}K" for v in wave(200, 60, 9)],
               [f"{v:.2f}%" for v in wave(200, 0.5, 2)]]  # fmt: skip
    return "\ufeff" + table(
        '"Date","Price","Open","Vol.","Change %"', *(quoted(column)[::-1] for column in columns)
    )


@KINDS.add(
    "Kraken trades: Unix seconds with decimals, no header",
    "asked",
    "forecast 200 x 2",
    time="2021-01-01 00:00:00.250",
    target="column 3",
    asks="target",
)
def kraken() -> str:
    seconds = [f"{1_609_459_200 + 7.25 * at + 0.25:.4f}" for at in range(200)]
    return table("", seconds, PRICES[0], wave(200, 0.5, 0.2, digits=5))


@KINDS.add(
    "MetaTrader export: tabs, <DATE> with points, <TIME> apart",
    "right",
    "forecast 200 x 5",
    time="2020-01-01 00:00:00",
    first=100.0,
    target="<CLOSE>",
)
def metatrader() -> str:
    return table(
        "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>",
        stamps("2020-01-01", "1h", 200, "%Y.%m.%d"), stamps("2020-01-01", "1h", 200, "%H:%M:%S"),
        *PRICES, VOLUMES, sep="\t",
    )  # fmt: skip


@KINDS.add(
    "all shares of the S&P 500 in one table (all_stocks_5yr.csv)",
    "told",
    "forecast 600 x 5",
    time="2020-01-01",
    first=100.0,
    target="close",
)
def all_stocks() -> str:
    names = ["AAL", "AAPL", "ABC"]
    return table(
        "date,open,high,low,close,volume,Name", DAYS * 3, *(cells * 3 for cells in PRICES),
        VOLUMES * 3, [name for name in names for _ in DAYS],
    )  # fmt: skip


@KINDS.add(
    "airline passengers (Box and Jenkins): months, a note below the table",
    "right",
    "forecast 144 x 1",
    time="1949-01",
    first=110.0,
    target="Passengers",
)
def airline() -> str:
    values = [110, *(int(value) for value in wave(143, 250, 60, 12))]
    note = "International airline passengers: monthly totals in thousands. Jan 49 ? Dec 60\n"
    return (
        table('"Month","Passengers"', quoted(months(1949, 144, "{:04}-{:02}")), values)
        + "\n"
        + note
    )


@KINDS.add(
    "shampoo sales: 1-01 for the first month of the first year",
    "told",
    "forecast 36 x 1",
    first=266.0,
    target="Sales",
)
def shampoo() -> str:
    names = [f"{at // 12 + 1}-{at % 12 + 1:02}" for at in range(36)]
    return table('"Month","Sales"', quoted(names), [266.0, *wave(35, 300, 90, 12, 1)])
