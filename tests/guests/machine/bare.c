/* A bare-metal image: no operating system, entered in long mode with RSI = Linux's struct boot_params.
 * Its command line says what it does; the exit code goes to port 0xf4. */
#include <stdint.h>

#define EXIT_PORT 0xf4
#define SERIAL 0x3f8
#define APIC ((volatile uint32_t *)0xfee00000)
#define TIMER_VECTOR 0x40
#define TSC_DEADLINE_MSR 0x6e0
#define UNKNOWN_MSR 0x12345678

__asm__(".globl _start\n"
        "_start:\n"
        "lea stack_top(%rip), %rsp\n"
        "mov %rsi, %rdi\n"
        "call run\n");

__attribute__((aligned(16))) uint8_t stack[16384];
__asm__(".globl stack_top\n.set stack_top, stack + 16384\n");

static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out16(uint16_t port, uint16_t value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline uint32_t in32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline uint64_t tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}
static inline void write_msr(uint32_t index, uint64_t value)
{
    __asm__ volatile("wrmsr" ::"c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static void put(char c) { out8(SERIAL, (uint8_t)c); }
static void print(const char *text)
{
    while (*text)
        put(*text++);
}
static void number(uint64_t value)
{
    if (value >= 10)
        number(value / 10);
    put((char)('0' + value % 10));
}
static void hex2(uint8_t value)
{
    put("0123456789abcdef"[value >> 4]);
    put("0123456789abcdef"[value & 15]);
}

__attribute__((noreturn)) static void leave(uint8_t code)
{
    out8(EXIT_PORT, code);
    for (;;)
        __asm__ volatile("hlt");
}

struct frame {
    uint64_t rip, cs, flags, rsp, ss;
};
static struct {
    uint16_t low, selector;
    uint8_t stack, type;
    uint16_t middle;
    uint32_t high, none;
} idt[256] __attribute__((aligned(16)));

static volatile unsigned ticks, faults;

__attribute__((interrupt)) static void on_timer(struct frame *frame)
{
    (void)frame;
    ticks++;
    APIC[0xb0 / 4] = 0;
}

/* RDMSR and WRMSR are two bytes: go on behind. */
__attribute__((interrupt)) static void on_protection(struct frame *frame, uint64_t code)
{
    (void)code;
    faults++;
    frame->rip += 2;
}

static void gate(int vector, void *handler)
{
    uint64_t at = (uint64_t)handler;
    idt[vector].low = (uint16_t)at;
    idt[vector].selector = 0x10;
    idt[vector].type = 0x8e;
    idt[vector].middle = (uint16_t)(at >> 16);
    idt[vector].high = (uint32_t)(at >> 32);
}
static void load_idt(uint16_t limit)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) table = {limit, (uint64_t)idt};
    __asm__ volatile("lidt %0" ::"m"(table));
}

static uint64_t kilohertz(void)
{
    uint32_t eax = 0x40000010, ebx, ecx = 0, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return eax;
}

/* Interrupts of the local APIC's timer, a millisecond of the announced clock apart. */
static void timer(void)
{
    gate(TIMER_VECTOR, on_timer);
    load_idt(sizeof idt - 1);
    APIC[0xf0 / 4] = 0x1ff;
    APIC[0x320 / 4] = 2 << 17 | TIMER_VECTOR;
    uint64_t period = kilohertz(), begin = tsc();
    __asm__ volatile("sti");
    for (unsigned i = 1; i <= 10; i++) {
        write_msr(TSC_DEADLINE_MSR, tsc() + period);
        while (ticks < i)
            __asm__ volatile("pause");
    }
    uint64_t passed = tsc() - begin;
    number(ticks);
    print(passed >= 10 * period ? " ticks, none too early\n" : " ticks, too early\n");
    leave(ticks == 10 && passed >= 10 * period ? 0 : 1);
}

/* The longest time in which the counter was not seen to move, and the latest interrupt of a deadline of
 * 10 ms, over as many seconds of the announced clock as the line says: what a guest sees of being stopped. With
 * " once" behind it the deadline is the timer's one-shot mode, at the 1 GHz of TDF 1. */
static void gaps(const char *seconds)
{
    int once = seconds[1] == ' ';
    gate(TIMER_VECTOR, on_timer);
    load_idt(sizeof idt - 1);
    APIC[0xf0 / 4] = 0x1ff;
    APIC[0x320 / 4] = (once ? 0 : 2 << 17) | TIMER_VECTOR;
    APIC[0x3e0 / 4] = 0xb;
    __asm__ volatile("sti");
    uint64_t rate = kilohertz(), last = tsc(), gap = 0, late = 0, early = 0, begin = last;
    uint64_t end = begin + (uint64_t)(*seconds - '0') * 1000 * rate;
    while (last < end) {
        unsigned before = ticks;
        uint64_t due = last + 10 * rate;
        if (once)
            APIC[0x380 / 4] = 10000000;
        else
            write_msr(TSC_DEADLINE_MSR, due);
        while (ticks == before) {
            uint64_t now = tsc();
            early += now < last;
            gap = now > last && now - last > gap ? now - last : gap;
            last = now;
        }
        uint64_t now = tsc();
        early += now + (once ? rate / 50 : 0) < due; /* two clocks of the host's: 20 us */
        late = now > due && now - due > late ? now - due : late;
        last = now;
    }
    number(ticks);
    print(" ticks, ");
    number(early);
    print(" early, longest gap ");
    number(gap * 1000 / rate);
    print(" us, latest tick ");
    number(late * 1000 / rate);
    print(" us\n");
    leave(early == 0 ? 0 : 1);
}

/* Halts, each ended by the local APIC's timer, at 1 GHz of the guest's clock: ten of 100 ms by its one-shot mode, then
 * ten periods of as long. By the counter: how many ended early, and how late the latest was. */
static void naps(void)
{
    gate(TIMER_VECTOR, on_timer);
    load_idt(sizeof idt - 1);
    APIC[0xf0 / 4] = 0x1ff;
    APIC[0x3e0 / 4] = 0xb;
    uint64_t rate = kilohertz(), due = 0, early = 0, late = 0;
    for (unsigned i = 0; i < 20; i++) {
        if (i <= 10) {
            APIC[0x320 / 4] = (i < 10 ? 0 : 1u << 17) | TIMER_VECTOR;
            due = tsc();
            APIC[0x380 / 4] = 100000000;
        }
        due += 100 * rate;
        while (ticks == i)
            __asm__ volatile("sti; hlt; cli" ::: "memory");
        uint64_t now = tsc();
        early += now + rate / 50 < due; /* two clocks of the host's: 20 us */
        late = now > due && now - due > late ? now - due : late;
    }
    number(ticks);
    print(" naps, ");
    number(early);
    print(" early, latest ");
    number(late * 1000 / rate);
    print(" us\n");
    leave(ticks == 20 && early == 0 ? 0 : 1);
}

static void storm(void)
{
    gate(13, on_protection);
    load_idt(sizeof idt - 1);
    uint32_t ones = 0;
    for (unsigned i = 0; i < 500; i++) {
        out8((uint16_t)(0x1000 + i), (uint8_t)i);
        ones += in32((uint16_t)(0x2000 + i)) == 0xffffffff;
        write_msr(UNKNOWN_MSR + i, i);
        ones += ((volatile uint32_t *)0xd0000000)[i] == 0xffffffff;
    }
    number(ones);
    print(" reads of nothing, ");
    number(faults);
    print(" refused MSRs\n");
    leave(ones == 1000 && faults == 500 ? 0 : 1);
}

/* mov word [0x9100], 1; hlt; jmp to hlt: in real mode, at 0x8000. */
static const uint8_t second[] = {0xc7, 0x06, 0x00, 0x91, 0x01, 0x00, 0xf4, 0xeb, 0xfd};

static void processors(void)
{
    volatile uint16_t *flag = (volatile uint16_t *)0x9100;
    for (unsigned i = 0; i < sizeof second; i++)
        ((volatile uint8_t *)0x8000)[i] = second[i];
    *flag = 0;
    APIC[0xf0 / 4] = 0x1ff;
    APIC[0x310 / 4] = 1u << 24;
    APIC[0x300 / 4] = 0x4500;
    for (volatile unsigned i = 0; i < 10000; i++)
        ;
    APIC[0x300 / 4] = 0x4608;
    while (!*flag)
        __asm__ volatile("pause");
    print("the second processor runs\n");
    leave(0);
}

/* lock inc dword [0x9100 + 4 * n] for ever, where n is the processor's number of those that began: real mode at
 * 0x8000.
 *   mov ax, 1; lock xadd [0x90fc], ax; shl ax, 2; mov bx, ax; l: inc dword [bx + 0x9100]; jmp l */
static const uint8_t counting[] = {0xb8, 0x01, 0x00, 0xf0, 0x0f, 0xc1, 0x06, 0xfc, 0x90, 0xc1, 0xe0, 0x02, 0x89, 0xc3,
                                   0x66, 0xff, 0x87, 0x00, 0x91, 0xeb, 0xf9};

/* All processors count for as many windows of 100 ms of the announced clock as the line says; the least and the
 * largest share of any of them in any window, in thousandths of the mean. This one is of them. */
static void shares(const char *line)
{
    unsigned count = 0, windows = 0;
    for (; *line >= '0' && *line <= '9'; line++)
        count = count * 10 + (unsigned)(*line - '0');
    for (line++; *line >= '0' && *line <= '9'; line++)
        windows = windows * 10 + (unsigned)(*line - '0');
    volatile uint16_t *begun = (volatile uint16_t *)0x90fc;
    volatile uint32_t *counters = (volatile uint32_t *)0x9100;
    static uint32_t before[256];
    for (unsigned i = 0; i < sizeof counting; i++)
        ((volatile uint8_t *)0x8000)[i] = counting[i];
    *begun = 0;
    for (unsigned i = 0; i < 256; i++)
        counters[i] = 0;
    APIC[0xf0 / 4] = 0x1ff;
    APIC[0x300 / 4] = 0xc4500; /* INIT to all but itself */
    for (volatile unsigned i = 0; i < 10000; i++)
        ;
    APIC[0x300 / 4] = 0xc4608;
    while (*begun < count - 1)
        __asm__ volatile("pause");
    uint64_t window = 100 * kilohertz(), least = 1000000, most = 0;
    uint64_t next = tsc() + window;
    for (unsigned w = 0; w <= windows; w++, next += window) {
        while (tsc() < next)
            ;
        uint64_t sum = 0;
        uint32_t had[256];
        for (unsigned i = 0; i < count - 1; i++) {
            uint32_t now = counters[i];
            had[i] = now - before[i];
            before[i] = now;
            sum += had[i];
        }
        for (unsigned i = 0; w > 0 && i < count - 1; i++) {
            uint64_t share = (uint64_t)had[i] * 10000 * (count - 1) / sum;
            least = share < least ? share : least;
            most = share > most ? share : most;
        }
    }
    print("shares ");
    number(least);
    print(" to ");
    number(most);
    print(" of 10000\n");
    leave(0);
}

/* What ACPI says: RSDP to XSDT to the MADT's processors. */
static void tables(const uint8_t *parameters)
{
    const uint8_t *rsdp = *(const uint8_t *const *)(parameters + 0x70);
    uint8_t sum = 0;
    for (int i = 0; i < 36; i++)
        sum += rsdp[i];
    const uint8_t *xsdt = *(const uint8_t *const *)(rsdp + 24);
    unsigned found = 0;
    for (uint32_t at = 36; at < *(const uint32_t *)(xsdt + 4); at += 8) {
        const uint8_t *table = *(const uint8_t *const *)(xsdt + at);
        if (*(const uint32_t *)table != 0x43495041) /* APIC */
            continue;
        for (uint32_t entry = 44; entry < *(const uint32_t *)(table + 4); entry += table[entry + 1])
            found += table[entry] == 0;
    }
    number(found);
    print(" processors\n");
    leave(sum == 0 ? 0 : 1);
}

/* Virtio devices: registers in memory, and a queue of eight entries that serves one request at a time. */
#define VIRTIO(n) ((volatile uint32_t *)(uint64_t)(0xfeb00000u + (n) * 0x1000u))
#define DISK 2
#define NET 2
#define NET_KIND 1
#define DISK_VECTOR 0x41
#define IO_APIC ((volatile uint32_t *)0xfec00000)

static struct ring {
    struct {
        uint64_t address;
        uint32_t length;
        uint16_t flags, next;
    } descriptors[8];
    struct {
        uint16_t flags, index, ring[8];
    } driver;
    struct {
        uint16_t flags, index;
        struct {
            uint32_t id, length;
        } ring[8];
    } __attribute__((aligned(4))) device;
} volatile queue __attribute__((aligned(4096))), sending __attribute__((aligned(4096)));

static struct {
    uint32_t kind, none;
    uint64_t sector;
} volatile request;
static volatile uint8_t status, sector[512];
static volatile unsigned completions;

__attribute__((interrupt)) static void on_disk(struct frame *frame)
{
    (void)frame;
    completions++;
    VIRTIO(DISK)[0x64 / 4] = VIRTIO(DISK)[0x60 / 4];
    APIC[0xb0 / 4] = 0;
}

static void set_up(volatile uint32_t *device, uint32_t index, volatile struct ring *ring)
{
    device[0x30 / 4] = index;
    device[0x38 / 4] = 8;
    device[0x80 / 4] = (uint32_t)(uint64_t)&ring->descriptors;
    device[0x90 / 4] = (uint32_t)(uint64_t)&ring->driver;
    device[0xa0 / 4] = (uint32_t)(uint64_t)&ring->device;
    device[0x44 / 4] = 1;
}

/* Returns 0 if no such device is there, or it does not take its driver. */
static int begin(unsigned n, uint32_t kind)
{
    volatile uint32_t *device = VIRTIO(n);
    if (device[0] != 0x74726976 || device[1] != 2 || device[2] != kind)
        return 0;
    device[0x70 / 4] = 0;
    device[0x70 / 4] = 3;
    device[0x24 / 4] = 1;
    device[0x20 / 4] = 1;
    device[0x70 / 4] = 11;
    if (kind == NET_KIND)
        set_up(device, 1, &sending);
    set_up(device, 0, &queue);
    device[0x70 / 4] = 15;
    return device[0x70 / 4] == 15 && device[0x44 / 4] == 1;
}

static void describe(unsigned i, const volatile void *at, uint32_t length, uint16_t flags)
{
    queue.descriptors[i].address = (uint64_t)at;
    queue.descriptors[i].length = length;
    queue.descriptors[i].flags = flags;
    queue.descriptors[i].next = (uint16_t)(i + 1);
}

/* Asks, and waits for the answer. */
static void ask(unsigned n)
{
    uint16_t before = queue.device.index;
    queue.driver.ring[queue.driver.index % 8] = 0;
    queue.driver.index++;
    VIRTIO(n)[0x50 / 4] = 0;
    while (queue.device.index == before)
        __asm__ volatile("pause");
}

static void entropy(void)
{
    if (!begin(0, 4))
        leave(2);
    describe(0, sector, 16, 2);
    ask(0);
    for (unsigned i = 0; i < 16; i++)
        hex2(sector[i]);
    put('\n');
    leave(queue.device.ring[0].length == 16 ? 0 : 1);
}

static uint8_t disk_do(uint32_t kind, uint64_t at)
{
    request.kind = kind;
    request.sector = at;
    status = 0xee;
    describe(0, &request, 16, 1);
    describe(1, sector, 512, kind == 0 ? 3 : 1);
    describe(kind == 4 ? 1 : 2, &status, 1, 2);
    ask(DISK);
    return status;
}

/* Reads a line, writes it in capitals behind, and reads that; each by an interrupt of the I/O APIC. */
static void disk(void)
{
    gate(DISK_VECTOR, on_disk);
    load_idt(sizeof idt - 1);
    APIC[0xf0 / 4] = 0x1ff;
    IO_APIC[0] = 0x10 + 2 * (16 + DISK);
    IO_APIC[4] = 1 << 15 | DISK_VECTOR;
    __asm__ volatile("sti");
    if (!begin(DISK, 2))
        leave(2);
    number(VIRTIO(DISK)[0x100 / 4]);
    print(" sectors: ");
    uint64_t begun = tsc();
    uint8_t read = disk_do(0, 0);
    uint64_t passed = tsc() - begun;
    for (unsigned i = 0; sector[i] != '\n'; put((char)sector[i++]))
        if (sector[i] >= 'a' && sector[i] <= 'z')
            sector[i] -= 32;
    uint8_t written = disk_do(1, 1);
    uint8_t flushed = disk_do(4, 0);
    for (unsigned i = 0; i < sizeof sector; i++)
        sector[i] = 0;
    uint8_t again = written == 0 ? disk_do(0, 1) : 0;
    uint8_t beyond = disk_do(0, 1u << 30);
    print(passed >= 20 * kilohertz() ? ", none too early, " : ", at once, ");
    for (unsigned i = 0; i < 4 && sector[i] > ' '; i++)
        put((char)sector[i]);
    print(", answers ");
    number(read);
    number(written);
    number(flushed);
    number(again);
    number(beyond);
    print(completions >= (written == 0 ? 5 : 4) ? ", interrupts\n" : ", no interrupts\n");
    leave(0);
}

/* Reads 16 KiB eight times, one after the other, and says how long they took by its own clock. */
static void rate(void)
{
    static volatile uint8_t block[16384];
    gate(DISK_VECTOR, on_disk);
    load_idt(sizeof idt - 1);
    APIC[0xf0 / 4] = 0x1ff;
    IO_APIC[0] = 0x10 + 2 * (16 + DISK);
    IO_APIC[4] = 1 << 15 | DISK_VECTOR;
    if (!begin(DISK, 2))
        leave(2);
    uint8_t failed = 0;
    uint64_t begun = tsc();
    for (unsigned i = 0; i < 8; i++) {
        request.kind = 0;
        request.sector = i * sizeof block / 512;
        describe(0, &request, sizeof request, 1);
        describe(1, block, sizeof block, 3);
        describe(2, &status, 1, 2);
        queue.driver.ring[i] = 0;
        queue.driver.index++;
        VIRTIO(DISK)[0x50 / 4] = 0;
        /* Interrupts are on from behind the instruction after sti: none is lost before hlt. */
        __asm__ volatile("cli");
        while (queue.device.index == i)
            __asm__ volatile("sti; hlt; cli" ::: "memory");
        failed |= status;
    }
    number((tsc() - begun) * 1000 / kilohertz());
    print(" us\n");
    leave(failed);
}

/* Asks who has 10.77.0.1, and says what comes for an answer. */
static void arp(void)
{
    static volatile uint8_t in[12 + 1514];
    static volatile uint8_t out[12 + 60] = {
        [12] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [24] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
        [40] = 10, 77, 0, 2, [50] = 10, 77, 0, 1,
    };
    if (!begin(NET, NET_KIND))
        leave(2);
    for (unsigned i = 0; i < 6; i++)
        out[18 + i] = out[34 + i] = ((volatile uint8_t *)VIRTIO(NET))[0x100 + i];
    sending.descriptors[0].address = (uint64_t)out;
    sending.descriptors[0].length = sizeof out;
    sending.driver.index = 1;
    VIRTIO(NET)[0x50 / 4] = 1;
    do {
        describe(0, in, sizeof in, 2);
        ask(NET);
    } while (in[12 + 12] != 8 || in[12 + 13] != 6 || in[12 + 21] != 2);
    print("10.77.0.1 is at ");
    for (unsigned i = 0; i < 6; i++)
        hex2(in[12 + 22 + i]);
    put('\n');
    leave(0);
}

/* What no driver may do: a chain that is a loop. */
static void loop(void)
{
    if (!begin(0, 4))
        leave(2);
    describe(0, sector, 16, 3);
    queue.descriptors[0].next = 0;
    queue.driver.index++;
    VIRTIO(0)[0x50 / 4] = 0;
    print(VIRTIO(0)[0x70 / 4] & 0x40 ? "the device stopped\n" : "the device went on\n");
    leave(0);
}

static uint8_t clock_register(uint8_t index)
{
    out8(0x70, index);
    return in8(0x71);
}
static void date(void)
{
    static const uint8_t registers[] = {0x32, 9, 8, 7, 4, 2};
    for (unsigned i = 0; i < sizeof registers; i++) {
        hex2(clock_register(registers[i]));
        put(i == 5 ? '\n' : ' ');
    }
    leave(0);
}

static void echo(void)
{
    for (char c = 0; c != '\n'; put(c)) {
        while (!(in8(SERIAL + 5) & 1))
            __asm__ volatile("pause");
        c = (char)in8(SERIAL);
    }
    leave(0);
}

static int is(const char *text, const char *word)
{
    while (*word && *text == *word)
        text++, word++;
    return !*word;
}

__attribute__((noreturn)) void run(const uint8_t *parameters)
{
    const char *what = (const char *)(uint64_t) * (const uint32_t *)(parameters + 0x228);
    const uint8_t *initrd = (const uint8_t *)(uint64_t) * (const uint32_t *)(parameters + 0x218);
    if (is(what, "hello")) {
        print(what);
        print(" from long mode; initrd of ");
        number(*(const uint32_t *)(parameters + 0x21c));
        print(" bytes: ");
        for (uint32_t i = 0; i < *(const uint32_t *)(parameters + 0x21c); i++)
            put((char)initrd[i]);
        put('\n');
        leave(0);
    }
    if (is(what, "exit"))
        leave(7);
    if (is(what, "timer"))
        timer();
    if (is(what, "gaps "))
        gaps(what + 5);
    if (is(what, "shares "))
        shares(what + 7);
    if (is(what, "naps"))
        naps();
    if (is(what, "storm"))
        storm();
    if (is(what, "processors"))
        processors();
    if (is(what, "tables"))
        tables(parameters);
    if (is(what, "entropy"))
        entropy();
    if (is(what, "disk"))
        disk();
    if (is(what, "rate"))
        rate();
    if (is(what, "arp"))
        arp();
    if (is(what, "hang"))
        for (;;)
            __asm__ volatile("cli; pause");
    if (is(what, "loop"))
        loop();
    if (is(what, "date"))
        date();
    if (is(what, "echo"))
        echo();
    if (is(what, "off"))
        out16(0x604, 0x3400);
    if (is(what, "panic"))
        print("[    0.1] Kernel panic - not syncing: no work\r\n");
    if (is(what, "panic") || is(what, "reset"))
        out8(0x64, 0xfe);
    if (is(what, "fault")) {
        load_idt(0);
        __asm__ volatile("ud2");
    }
    for (;;)
        __asm__ volatile("pause");
}
