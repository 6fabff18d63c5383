/* Runs a generated model on an emulated Cortex-M: its answers, counted instructions and stack. */

#include "model.h"
#include "steps.h"

#define PAINT 0xA5A5A5A5u
#define PAINTED_WORDS 4096
#define INSTRUCTIONS_OF_A_TICK 40 /* SysTick has 25 MHz; `-icount shift=0` makes 1 ns of each */

extern uint32_t stack_top, data_start, data_end, data_image, bss_start, bss_end;
void start(void);

__attribute__((section(".vectors"), used)) static void *const vectors[] = {&stack_top, start};

static volatile uint32_t *const systick_control = (uint32_t *)0xE000E010;
static volatile uint32_t *const systick_reload = (uint32_t *)0xE000E014;
static volatile uint32_t *const systick_value = (uint32_t *)0xE000E018;
static volatile uint32_t *const coprocessors = (uint32_t *)0xE000ED88;

static int semihosting(int operation, const void *given)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = given;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void write_hex(const char *name, uint32_t value)
{
    char digits[10];
    int place;
    for (place = 0; place < 8; place++) {
        digits[place] = "0123456789abcdef"[value >> (28 - 4 * place) & 15];
    }
    digits[8] = '\n';
    digits[9] = 0;
    semihosting(4, name);
    semihosting(4, digits);
}

model_state state;
float answer[MODEL_OUTPUTS];

/* Bytes of stack that model_step wrote, by the paint that is left below. */
__attribute__((noinline)) static uint32_t stack_bytes(void)
{
    uint32_t *bottom, *top;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    bottom = top - PAINTED_WORDS;
    for (uint32_t *word = bottom; word < top; word++) {
        *word = PAINT;
    }
    model_step(&state, steps, answer);
    while (*bottom == PAINT) {
        bottom++;
    }
    return (uint32_t)((char *)top - (char *)bottom);
}

static uint32_t bits(float value)
{
    union {
        float value;
        uint32_t bits;
    } both = {value};
    return both.bits;
}

static void measure(void)
{
    uint32_t before;
    int step, output;
    write_hex("stack ", stack_bytes());
#ifdef ONE_STEP
    /* The second step: software multiplies the zeros of the first one faster. */
    model_step(&state, steps + MODEL_INPUTS, answer);
    return;
#endif
    model_reset(&state);
    *systick_reload = 0xFFFFFF;
    *systick_value = 0;
    *systick_control = 5;
    before = *systick_value;
    for (step = 0; step < COUNTED_STEPS; step++) {
        model_step(&state, steps + step * MODEL_INPUTS, answer);
    }
    write_hex("instructions ", ((before - *systick_value) & 0xFFFFFF) * INSTRUCTIONS_OF_A_TICK);
    model_reset(&state);
    for (step = 0; step < STEPS; step++) {
        model_step(&state, steps + step * MODEL_INPUTS, answer);
        for (output = 0; output < MODEL_OUTPUTS; output++) {
            write_hex("", bits(answer[output]));
        }
    }
}

void start(void)
{
    uint32_t *from = &data_image, *to;
    for (to = &data_start; to < &data_end; to++) {
        *to = *from++;
    }
    for (to = &bss_start; to < &bss_end; to++) {
        *to = 0;
    }
    *coprocessors |= 0xF << 20;
    __asm__ volatile("dsb\n isb");
    measure();
    semihosting(0x18, (void *)0x20026); /* the application ended */
    for (;;) {
    }
}
