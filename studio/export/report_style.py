"""How a report looks: light, dark as the reader's system has it, and light on paper."""

LINES = {"gru": "gru", "lstm": "lstm", "rnn": "rnn", "coupled-lstm": "coupled"}
"""The class of a cell's lines; others take the text's colour."""

DASHES = ("", "7 4", "2 3", "10 3 2 3", "4 2")
"""Line styles of the contenders in their order, so that colour is not all that tells them."""

_LIGHT = """
  --page: #f5f6f8; --card: #ffffff; --text: #1b2230; --muted: #596275; --border: #d9dde5;
  --accent: #2f55d4; --differs: #dfe5f0; --gru: #b85c00; --lstm: #0067a3; --rnn: #00785a;
  --coupled: #7d3fa6;
"""
_DARK = """
  --page: #14171e; --card: #1c2029; --text: #e6e9f0; --muted: #a3abbd; --border: #363d4d;
  --accent: #7b9bff; --differs: #2a3142; --gru: #f0a34a; --lstm: #62b6ec; --rnn: #3ccba0;
  --coupled: #c99bf0;
"""

STYLE = f"""
:root {{{_LIGHT}}}
@media (prefers-color-scheme: dark) {{ :root {{{_DARK}}} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.15rem; margin: 0 0 .75rem; }}
h3 {{ font-size: 1rem; margin: 1.25rem 0 .25rem; }}
.lead, .muted, figcaption {{ color: var(--muted); }}
section {{ background: var(--card); border: 1px solid var(--border); border-radius: .5rem;
  padding: 1.1rem 1.25rem; margin: 1.25rem 0; }}
p {{ margin: .35rem 0; max-width: 62rem; }}
.finding {{ font-weight: 600; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .25rem 0 .75rem; }}
th, td {{ padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--border); font-weight: 400; }}
thead th {{ color: var(--muted); }}
tbody th {{ font-weight: 600; }}
.differs th, .differs td {{ background: var(--differs); }}
figure {{ margin: .5rem 0 1rem; }}
svg {{ width: 100%; height: auto; max-width: 46rem; display: block; }}
svg text {{ fill: var(--muted); font-size: 12px; }}
.grid {{ stroke: var(--border); stroke-width: 1; }}
.line {{ fill: none; stroke-width: 2; stroke: var(--text); }}
.band {{ fill: var(--text); opacity: .15; }}
.gru.line {{ stroke: var(--gru); }} .gru.band {{ fill: var(--gru); }}
.lstm.line {{ stroke: var(--lstm); }} .lstm.band {{ fill: var(--lstm); }}
.coupled.line {{ stroke: var(--coupled); }} .coupled.band {{ fill: var(--coupled); }}
.rnn.line {{ stroke: var(--rnn); }} .rnn.band {{ fill: var(--rnn); }}
@media print {{
  :root {{{_LIGHT}}}
  body {{ background: none; font-size: 10pt; }}
  main {{ max-width: none; padding: 0; }}
  section {{ border: 0; padding: 0; margin: 1rem 0; }}
  figure, tr, .verdict {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
  .scroll {{ overflow: visible; }}
}}
"""
