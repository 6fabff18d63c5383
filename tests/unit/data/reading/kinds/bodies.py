"""People: sport, health and movement."""

from unit.data.reading.kinds.kind import Kinds, gapped, quoted, stamps, table, wave

KINDS = Kinds()


def beats(count: int, length: int, classes: int) -> list[list[str]]:
    """Smooth rows, by class, with the class last."""
    rows = []
    for row in range(count):
        kind = row * classes // count
        values = wave(length, 0.5, 0.3, 9 + 4 * kind + row % 3, 6)
        rows.append([*(f"{value:.18e}" for value in values), f"{kind:.18e}"])
    return rows


@KINDS.add(
    "Garmin Connect activities: newest first, -- where missing, durations as text",
    "asked",
    "forecast 90 x 4",
    time="2023-01-01 07:30:00",
    target="Avg HR",
    asks="target",
)
def garmin() -> str:
    columns = [
        ["Running", "Cycling", "Running"] * 30, stamps("2023-01-01 07:30", "1d", 90),
        quoted([f"{value:,.0f}" for value in wave(90, 1000, 300, 7)]),
        [f"00:{40 + at % 9}:12" for at in range(90)],
        gapped([int(value) for value in wave(90, 140, 9, 7)], "--", 5, 6),
    ]  # fmt: skip
    return table("Activity Type,Date,Calories,Time,Avg HR", *(column[::-1] for column in columns))


@KINDS.add(
    "Strava export: May 1, 2023, 6:30:12 AM; ids and names",
    "asked",
    "forecast 90 x 2",
    time="2023-05-01 06:30:12",
    target="Distance",
    asks="target",
)
def strava() -> str:
    return table(
        "Activity ID,Activity Date,Activity Name,Elapsed Time,Distance",
        [9_000_000_000 + 7919 * at for at in range(90)],
        quoted(stamps("2023-05-01 06:30:12", "1d", 90, "%b %-d, %Y, %-I:%M:%S %p")),
        [f"Ride no {at}" for at in range(90)], [int(v) for v in wave(90, 3600, 600, 7)],
        wave(90, 30, 9, 7),
    )  # fmt: skip


@KINDS.add(
    "Fitbit heart rate (Kaggle): persons in one table, month first, AM and PM",
    "told",
    "forecast 300 x 1",
    time="2016-04-12 00:00:00",
    first=97.0,
    target="Value",
)
def fitbit() -> str:
    times = stamps("2016-04-12", "1h", 150, "%-m/%-d/%Y %-I:%M:%S %p")
    return table(
        "Id,Time,Value", [name for name in (2022484408, 2026352035) for _ in times], times * 2,
        [97, *(int(value) for value in wave(299, 80, 9))],
    )  # fmt: skip


@KINDS.add(
    "Apple Health as CSV: kinds of records in one table, +0100",
    "told",
    "forecast 200 x 1",
    time="2023-01-01 07:00:00",
    target="value",
)
def apple_health() -> str:
    times = stamps("2023-01-01 08:00", "10min", 100, "%Y-%m-%d %H:%M:%S +0100")
    kinds = ["HKQuantityTypeIdentifierHeartRate", "HKQuantityTypeIdentifierStepCount"]
    return table(
        "type,sourceName,unit,creationDate,startDate,endDate,value",
        [k for k in kinds for _ in times],
        ["Watch"] * 200, [u for u in ("count/min", "count") for _ in times], times * 2, times * 2,
        times * 2, wave(200, 70, 9, digits=0),
    )  # fmt: skip


@KINDS.add(
    "EEG with a trigger column",
    "asked",
    "forecast 500 x 4",
    time="0",
    asks="target",
    target="STI 014",
)
def eeg() -> str:
    return table(
        "Time,Fp1,Fp2,Cz,STI 014", [f"{at / 250:.3f}" for at in range(500)],
        *(wave(500, 0, 20, 25 + 7 * at, 6) for at in range(3)),
        [0 if at % 100 else at // 100 % 3 + 1 for at in range(500)],
    )  # fmt: skip


def accelerometer(end: str) -> str:
    users = [(user, name) for user in (33, 17) for name in ("Jogging", "Walking", "Sitting")]
    return table(
        "", [user for user, _ in users for _ in range(60)],
        [name for _, name in users for _ in range(60)],
        [49_105_962_326_000 + 50_000_000 * at for at in range(360)], wave(360, -0.6, 5, 9),
        wave(360, 9, 3, 7), wave(360, 0.5, 2, 11), end=end,
    )  # fmt: skip


@KINDS.add(
    "WISDM raw: no header, a semicolon after each row",
    "asked",
    "classify 360 x 5 x 1",
    target="column 2",
    asks="label layout",
)
def wisdm() -> str:
    return accelerometer(";")


@KINDS.add(
    "WISDM raw with a row that holds two",
    "refused",
    r"line 41: has 11 cells instead of 6.*leave the row out|line 41",
)
def wisdm_broken() -> str:
    lines = accelerometer(";").splitlines()
    return "\n".join([*lines[:40], lines[40] + lines[41], *lines[42:]])


@KINDS.add(
    "UCI HAR X_train.txt: blanks, 561 features in a row, no label",
    "asked",
    "forecast 100 x 60",
    asks="layout target",
    target="column 60",
    file="X_train.txt",
)
def uci_har() -> str:
    features = [[f"{value:14.7e}" for value in wave(100, 0.1, 0.5, 5 + at)] for at in range(60)]
    return table("", *features, sep=" ")


@KINDS.add(
    "UCI HAR as Kaggle has it: subject and Activity last",
    "asked",
    "classify 120 x 60 x 1",
    target="Activity",
    asks="label layout",
)
def kaggle_har() -> str:
    features = [wave(120, 0.1, 0.5, 5 + at, 6) for at in range(60)]
    return table(
        ",".join(f"tBodyAcc-mean()-{at}" for at in range(60)) + ",subject,Activity", *features,
        [1 + at // 40 for at in range(120)], quoted(["STANDING", "SITTING", "WALKING"] * 40),
    )  # fmt: skip


@KINDS.add(
    "PAMAP2: blanks, seconds first, activity second, NaN for the heart rate",
    "asked",
    "forecast 400 x 4",
    time="8.38",
    target="column 5",
    asks="target time",
    file="subject101.dat",
)
def pamap2() -> str:
    return table(
        "", [f"{8.38 + at / 100:.2f}" for at in range(400)],
        [[0, 4, 1, 6][at // 100] for at in range(400)],
        [int(100 + at / 50) if at % 10 == 0 else "NaN" for at in range(400)],
        wave(400, 30, 1, digits=4), wave(400, 2.3, 0.5, 90, 5), sep=" ",
    )  # fmt: skip


@KINDS.add(
    "mHealth: tabs, no header, a class for each step last",
    "asked",
    "forecast 400 x 10",
    target="column 10",
    asks="layout target",
    file="mHealth_subject1.log",
)
def mhealth() -> str:
    channels = [
        [f"{value:.5f}" for value in wave(400, 3 * at, 2, 60 + 9 * at, 5)] for at in range(9)
    ]
    return table("", *channels, [at // 100 for at in range(400)], sep="\t")


@KINDS.add(
    "MIT-BIH on Kaggle: 187 values and the class, no header, sorted by class",
    "told",
    "classify 100 x 187 x 1",
    target="column 188",
)
def mitbih() -> str:
    return "\n".join(",".join(row) for row in beats(100, 187, 5)) + "\n"


@KINDS.add(
    "UCR of 2018 as text: the class first, two blanks",
    "told",
    "classify 60 x 140 x 1",
    target="column 1",
    file="ECG5000_TRAIN.txt",
)
def ecg5000() -> str:
    rows = ([row[-1], *row[:-1]] for row in beats(60, 140, 4))
    return "\n".join("  " + "  ".join(f"{float(v):.7e}" for v in row) for row in rows) + "\n"


@KINDS.add(
    "FER2013: pixels in one cell, the class a number, Usage beside it",
    "asked",
    "classify 60 x 48 x 1",
    target="emotion",
    asks="label",
)
def fer2013() -> str:
    pixels = [" ".join(str(int(v)) for v in wave(48, 100, 50, 9 + at % 7)) for at in range(60)]
    usage = ["Training"] * 40 + ["PublicTest"] * 20
    return table("emotion,pixels,Usage", [at % 6 for at in range(60)], pixels, usage)


@KINDS.add(
    "sign language MNIST: label first, pixel1 to pixel784",
    "told",
    "classify 60 x 64 x 1",
    target="label",
)
def sign_mnist() -> str:
    pixels = [[int(v) for v in wave(60, 120, 60, 7 + at % 9)] for at in range(64)]
    header = "label," + ",".join(f"pixel{at}" for at in range(1, 65))
    return table(header, [at % 6 for at in range(60)], *pixels)


@KINDS.add(
    "Polar session: a summary above the samples, times since the start",
    "asked",
    "forecast 200 x 3",
    target="Speed",
    asks="target",
)
def polar() -> str:
    above = "Name,Sport,Date,Start time,Duration\nAnna,RUNNING,01-05-2023,07:30:00,00:03:20\n"
    return above + table(
        "Sample rate,Time,HR (bpm),Speed (km/h),", ["1", *[""] * 199],
        stamps("2023-05-01", "1s", 200, "%H:%M:%S"),
        [int(value) for value in wave(200, 140, 9)], wave(200, 10, 1), end=",",
    )  # fmt: skip


@KINDS.add(
    "gestures in one table: file, sample, axes, gesture",
    "right",
    "classify 12 x 31 x 2",
    target="gesture",
)
def gestures() -> str:
    rows = [(f"r{file}.csv", step, "wave" if file % 2 else "tap") for file in range(12)
            for step in range(20 + file)]  # fmt: skip
    files, steps, names = zip(*rows, strict=True)
    count = len(rows)
    return table("file,sample,ax,ay,gesture", files, steps, wave(count), wave(count, 3), names)
