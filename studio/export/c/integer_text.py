"""The C of integer arithmetic that does not depend on a network: rounding, gates, layers."""

ROUNDING = """
/* value / 2^places, rounded to the nearest. */
static int64_t halved(int64_t value, int places)
{
    int64_t half = (int64_t)1 << (places - 1);
    return value < 0 ? -((half - value) >> places) : (value + half) >> places;
}

/* A sum times the factor of its row, with 20 fractional bits. */
static int32_t rescaled(int32_t sum, int32_t factor)
{
    int64_t value = halved((int64_t)sum * factor, FACTOR_SHIFT);
    if (value > 536870912) {
        value = 536870912;
    }
    if (value < -536870912) {
        value = -536870912;
    }
    return (int32_t)value;
}

/* From 20 to 24 fractional bits. */
static int32_t gate_tanh(int32_t x)
{
    int32_t size = x < 0 ? -x : x, place, value;
    if (size > 8388608) {
        size = 8388608;
    }
    place = size >> 13;
    value = (tanh_table[place + 1] - tanh_table[place]) * (size - place * 8192);
    value = tanh_table[place] + ((value + 4096) >> 13);
    return x < 0 ? -value : value;
}
"""

GATE_SIGMOID = """
/* From 20 to 24 fractional bits. */
static int32_t gate_sigmoid(int32_t x)
{
    return 8388608 + gate_tanh(x / 2) / 2;
}
"""

BY_GATE = """
static int32_t times_gate(int32_t gate, int32_t value)
{
    return (int32_t)halved((int64_t)gate * value, 24);
}
"""

TO_SHORT = """
/* From 24 to 15 fractional bits. */
static int16_t to_short(int32_t value)
{
    int32_t rounded = (int32_t)halved(value, 9);
    return (int16_t)(rounded > 32767 ? 32767 : rounded);
}
"""

_GRU = """
/* One step of a layer: r and z are the reset and update gates, n is the candidate. */
static void layer(const int8_t *w, const int32_t *row, const int16_t *x, int inputs, int32_t *h,
                  int units)
{
    int16_t before[WIDEST];
    int32_t by_input[3], by_state[3], r, z, n;
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = to_short(h[unit]);
    }
    for (unit = 0; unit < units; unit++) {
        w = sum_products(w, x, inputs, by_input);
        w = sum_products(w, before, units, by_state);
        r = gate_sigmoid(rescaled(by_input[0], row[0]) + rescaled(by_state[0], row[3]) + row[6]);
        z = gate_sigmoid(rescaled(by_input[1], row[1]) + rescaled(by_state[1], row[4]) + row[7]);
        n = times_gate(r, rescaled(by_state[2], row[5]) + row[9]);
        n = gate_tanh(limited((int64_t)rescaled(by_input[2], row[2]) + row[8] + n));
        h[unit] = n + times_gate(z, h[unit] - n);
        row += 10;
    }
}
"""

_LIMITED = """
static int32_t limited(int64_t value)
{
    if (value > 1073741824) {
        value = 1073741824;
    }
    if (value < -1073741824) {
        value = -1073741824;
    }
    return (int32_t)value;
}
"""

_LSTM = """
/* One step of a layer: input gate, forget gate, candidate, output gate. */
static void layer(const int8_t *w, const int32_t *row, const int16_t *x, int inputs, int16_t *h,
                  int32_t *c, int units)
{
    int16_t before[WIDEST];
    int32_t by_input[4], by_state[4], gate;
    int64_t added;
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = h[unit];
    }
    for (unit = 0; unit < units; unit++) {
        w = sum_products(w, x, inputs, by_input);
        w = sum_products(w, before, units, by_state);
        for (gate = 0; gate < 4; gate++) {
            by_input[gate] = rescaled(by_input[gate], row[gate]) + row[8 + gate]
                + rescaled(by_state[gate], row[4 + gate]);
        }
        added = (int64_t)gate_sigmoid(by_input[0]) * gate_tanh(by_input[2]);
        added = halved(added, 26) + times_gate(gate_sigmoid(by_input[1]), c[unit]);
        c[unit] = limited(added);
        added = (int64_t)gate_sigmoid(by_input[3]) * gate_tanh(c[unit] / 4);
        added = halved(added, 33);
        h[unit] = (int16_t)(added > 32767 ? 32767 : added);
        row += 12;
    }
}
"""

_RNN = """
/* One step of a layer. */
static void layer(const int8_t *w, const int32_t *row, const int16_t *x, int inputs, int16_t *h,
                  int units)
{
    int16_t before[WIDEST];
    int32_t by_input[1], by_state[1], value;
    int unit;
    for (unit = 0; unit < units; unit++) {
        before[unit] = h[unit];
    }
    for (unit = 0; unit < units; unit++) {
        w = sum_products(w, x, inputs, by_input);
        w = sum_products(w, before, units, by_state);
        value = rescaled(by_input[0], row[0]) + rescaled(by_state[0], row[1]) + row[2];
        value = (int32_t)halved(gate_tanh(value), 9);
        h[unit] = (int16_t)(value > 32767 ? 32767 : value);
        row += 3;
    }
}
"""

LAYER = {"gru": _LIMITED + _GRU, "lstm": _LIMITED + _LSTM, "rnn": _RNN}
