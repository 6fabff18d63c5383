"""Instruments, loggers and databases."""

import json

from unit.data.reading.kinds.kind import Kinds, comma, gapped, quoted, stamps, table, wave

KINDS = Kinds()
STAMPS = stamps("2014-02-14 14:30", "5min", 200)


@KINDS.add(
    "NASA C-MAPSS: blanks at the end of each row, no header",
    "asked",
    "forecast 308 x 3",
    time="1",
    target="column 5",
    asks="target",
    file="train_FD001.txt",
)
def cmapss() -> str:
    steps = [(unit, cycle) for unit in range(1, 8) for cycle in range(1, 41 + unit)]
    return "".join(
        f"{unit} {cycle} {600 + cycle / 3:.4f} {cycle % 4 + 0.5} {cycle * 0.7:.2f}  \n"
        for unit, cycle in steps
    )


@KINDS.add(
    "NASA IMS bearing: four columns of tabs, no header and no time",
    "asked",
    "forecast 500 x 4",
    asks="target",
    target="column 4",
    file="2004.02.12.10.32.39",
)
def bearing() -> str:
    return table("", *(wave(500, 0, 0.2, 7 + at, 3) for at in range(4)), sep="\t")


@KINDS.add(
    "Numenta NAB: timestamp,value",
    "right",
    "forecast 200 x 1",
    time="2014-02-14 14:30:00",
    target="value",
)
def nab() -> str:
    return table("timestamp,value", STAMPS, wave(200, 0.1, 0.05, digits=3))


@KINDS.add(
    "LabVIEW .lvm: two headers above, tabs, decimal commas, an empty last column",
    "asked",
    "forecast 200 x 2",
    time="0",
    target="Voltage_0",
    asks="target",
    file="test.txt",
)
def labview() -> str:
    above = (
        "LabVIEW Measurement\t\nWriter_Version\t2\nReader_Version\t2\nSeparator\tTab\n"
        "Decimal_Separator\t,\nMulti_Headings\tNo\nX_Columns\tOne\nDate\t2012/06/05\n"
        "Time\t16:30:13,0\n***End_of_Header***\t\n\t\nChannels\t2\t\t\nSamples\t200\t200\t\n"
        "Date\t2012/06/05\t2012/06/05\t\nY_Unit_Label\tVolts\tVolts\t\nX0\t0,0\t0,0\t\n"
        "Delta_X\t0,001000\t0,001000\t\n***End_of_Header***\t\t\t\n"
    )
    return above + table(
        "X_Value\tVoltage\tVoltage_0\tComment", comma([at / 1000 for at in range(200)], 6),
        comma(wave(200, 1, 0.5, digits=6), 6), comma(wave(200, 2, 0.5, digits=6), 6), sep="\t",
        end="\t",
    )  # fmt: skip


@KINDS.add(
    "Campbell TOA5: a line above, names, units, kinds of mean; NAN",
    "asked",
    "forecast 200 x 2",
    time="2012-05-03 13:30:00",
    target="AirTC_Avg",
    asks="target",
    file="CR1000_Table1.dat",
)
def toa5() -> str:
    header = (
        '"TOA5","CR1000","CR1000","1031","CR1000.Std.32","CPU:Test.CR1","4062","Table1"\n'
        '"TIMESTAMP","RECORD","BattV_Min","AirTC_Avg"\n"TS","RN","Volts","Deg C"\n"","","Min","Avg"'
    )
    return table(
        header, quoted(stamps("2012-05-03 13:30", "15min", 200)), range(200), wave(200, 13, 0.2),
        gapped(wave(200, 24, 4), '"NAN"', 7, 8),
    )  # fmt: skip


@KINDS.add(
    "OBD log: a row of units, a blank after each comma",
    "asked",
    "forecast 200 x 3",
    time="0",
    asks="target",
    target="Coolant",
)
def obd() -> str:
    return table(
        "Time, RPM, Speed, Coolant\n(s), (rpm), (km/h), (°C)",
        [f"{at / 5:.1f}" for at in range(200)],
        [int(v) for v in wave(200, 2000, 400)], [int(v) for v in wave(200, 70, 9)],
        [int(v) for v in wave(200, 88, 3)], sep=", ",
    )  # fmt: skip


@KINDS.add(
    "Tektronix oscilloscope: settings in the columns left of the samples",
    "asked",
    "forecast 200 x 1",
    time="-0.0005",
    first=1.0,
    target="column 5",
    asks="time",
)
def tektronix() -> str:
    left = ["Record Length,2.500000e+03,", "Sample Interval,4.000000e-07,",
            "Trigger Point,1.250000000000e+03,", ",,", "Source,CH1,", "Vertical Units,V,",
            "Horizontal Units,s,", "Firmware Version,FV:v24.26,"]  # fmt: skip
    return table(
        "", left + [",,"] * 192, [f" {-0.0005 + at * 4e-7:.12f}" for at in range(200)],
        [f"   {value:.5f}" for value in wave(200, 1, 0.5)], end=",",
    )  # fmt: skip


@KINDS.add(
    "Rigol oscilloscope: start and increment in the header rows, a comma at the end",
    "told",
    "forecast 200 x 1",
    first=1.0,
    target="CH1 Volt",
)
def rigol() -> str:
    return table(
        "X,CH1,Start,Increment,\nSequence,Volt,-6.000000e-03,1.000000e-05,", range(200),
        [f"{value:.2e}" for value in wave(200, 1, 0.5)], end=",,",
    )  # fmt: skip


@KINDS.add(
    "MQTT messages as JSON lines: Unix seconds with decimals, several topics",
    "told",
    "forecast 300 x 1",
    time="2021-01-01 00:00:00.250",
    target="payload.temperature",
    file="mqtt.jsonl",
)
def mqtt() -> str:
    values = wave(300, 21, 2)
    return "".join(
        json.dumps({"topic": f"home/room{at % 2}", "ts": 1_609_459_200.25 + 30 * (at // 2),
                    "payload": {"temperature": values[at]}}) + "\n"
        for at in range(300)
    )  # fmt: skip


@KINDS.add(
    "PostgreSQL COPY: tabs, \\N where missing, no header",
    "asked",
    "forecast 200 x 2",
    time="2014-02-14 14:30:00",
    target="column 3",
    asks="target",
    file="dump.tsv",
)
def sql_dump() -> str:
    return table("", STAMPS, wave(200), gapped(wave(200, 50, 9), "\\N", 3, 4, 50, 51, 52), sep="\t")


@KINDS.add(
    "R write.table: row names without a heading",
    "right",
    "forecast 100 x 1",
    time="2020-01-01",
    target="load",
    file="t.txt",
)
def r_table() -> str:
    days = quoted(stamps("2020-01-01", "1d", 100, "%Y-%m-%d"))
    return table('"date" "load"', quoted(range(1, 101)), days, wave(100), sep=" ")


@KINDS.add(
    "SAS export: 01JAN2020, a point where missing",
    "told",
    "forecast 100 x 1",
    time="2020-01-01",
    target="load",
)
def sas() -> str:
    days = [text.upper() for text in stamps("2020-01-01", "1d", 100, "%d%b%Y")]
    return table("date,load", days, gapped(wave(100), ".", 3, 4, 5))


@KINDS.add(
    "InfluxDB annotated CSV: # lines, _start and _stop that never change",
    "told",
    "forecast 200 x 2",
    time="2020-01-01 00:00:00",
    first=0.0,
    target="_value",
)
def influx_annotated() -> str:
    above = (
        "#group,false,false,true,true,false,false,true\n"
        "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string\n"
        "#default,_result,,,,,,\n"
    )
    return above + table(
        ",result,table,_start,_stop,_time,_value,_field", [""] * 200, [""] * 200, [0] * 200,
        ["2020-01-01T00:00:00Z"] * 200, ["2020-02-01T00:00:00Z"] * 200,
        stamps("2020-01-01", "10s", 200, "%Y-%m-%dT%H:%M:%SZ"), wave(200), ["temperature"] * 200,
    )  # fmt: skip


@KINDS.add(
    "InfluxDB 1 and Go: 2020-01-01 00:00:00.000000 +0000 UTC",
    "right",
    "forecast 200 x 1",
    time="2020-01-01 00:00:00",
    target="value",
)
def influx() -> str:
    return table(
        "time,value", stamps("2020-01-01", "10s", 200, "%Y-%m-%d %H:%M:%S.%f +0000 UTC"), wave(200)
    )


@KINDS.add(
    "Home Assistant history: unavailable and unknown among the numbers",
    "asked",
    "forecast 200 x 1",
    time="2024-01-01 00:00:00",
    first=21.0,
    target="state",
    asks="na_values",
)
def home_assistant() -> str:
    return table(
        "entity_id,state,last_changed", ["sensor.living_room"] * 200,
        gapped(wave(200, 21, 2), "unavailable", 9, 10, 11, 50),
        stamps("2024-01-01", "5min", 200, "%Y-%m-%dT%H:%M:%S.000Z"),
    )  # fmt: skip


@KINDS.add(
    "SCADA: a tag in each row, values of several tags",
    "told",
    "forecast 200 x 1",
    time="2014-02-14 14:30:00",
    target="Value",
)
def scada() -> str:
    tags = ["TI-101.PV", "PI-200.PV"]
    return table(
        "Timestamp;Tag;Value;Quality", [time for time in STAMPS[:100] for _ in tags], tags * 100,
        comma(wave(200)), ["Good"] * 200, sep=";",
    )  # fmt: skip


@KINDS.add(
    "Arduino serial log: no header, milliseconds since the start",
    "asked",
    "forecast 300 x 1",
    target="column 2",
    time="12",
    asks="time",
)
def arduino() -> str:
    return table("", [12 + 20 * at for at in range(300)], wave(300, 512, 90, digits=0))


@KINDS.add(
    "NI DIAdem and MATLAB text: lines that begin with % above the table",
    "asked",
    "forecast 200 x 2",
    time="0",
    target="force",
    asks="target",
)
def percent_comments() -> str:
    return "% rig 4\n% operator, A. Smith\n%\n" + table(
        "time,strain,force", [f"{at / 100:.2f}" for at in range(200)], wave(200), wave(200, 3)
    )


@KINDS.add(
    "GPS logger: NMEA sentences of several kinds",
    "refused",
    "2 columns with this name",
    file="log.csv",
)
def nmea() -> str:
    return "".join(
        f"$GPGGA,{120000 + at},4807.038,N,01131.000,E,1,08,0.9,{545 + at}.4,M,46.9,M,,*47\n"
        f"$GPRMC,{120000 + at},A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\n"
        for at in range(60)
    )
