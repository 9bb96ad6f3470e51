// The least of a VMM that boots Linux under KVM, to compare the start of a system guest with: one vCPU, interrupt
// controllers and PIT in the kernel, a serial port, a clock chip that stands; no ACPI, no PCI, no virtio. The guest sees
// KVM's own clock and whatever else KVM offers. The kernel is entered as Linux has it (Documentation/arch/x86/boot.rst,
// "64-bit Boot Protocol").
//
//   linux-vmm KERNEL INITRD MEBIBYTES MARK WORDS
//
// Prints what the guest prints, and ends when a line begins with MARK (code 0), or the guest resets or dies (code 1).
// Then it says when the vCPU was first entered and when the mark came, in microseconds since main, and for how many
// accesses to ports and addresses it came out.
#include <asm/bootparam.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/serial_reg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// Guest-physical.
enum { GDT = 0x500, TABLES = 0x1000, PARAMETERS = 0x7000, WORDS = 0x20000, WORDS_MAX = 4096 };
enum { HOLE = 0x9fc00, MEGABYTE = 0x100000, PAGE = 4096, LARGE_PAGE = 0x200000 };
enum { CODE_SELECTOR = 0x10, DATA_SELECTOR = 0x18 };
enum { SERIAL = 0x3f8, SERIAL_PORTS = 8, SERIAL_LINE = 4 };
enum { CLOCK_INDEX = 0x70, CLOCK_DATA = 0x71, KEYBOARD_DATA = 0x60, KEYBOARD = 0x64, KEYBOARD_RESET = 0xfe };
// Below the I/O APIC's and the BIOS's own addresses.
#define TSS_ADDRESS 0xfffbd000ul

static uint8_t *memory;
static uint64_t memoryBytes;
static int machine, vcpu;
static struct kvm_run *run;
static const char *mark;
static int isMarked, isOver;

static void must(long result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "linux-vmm: %s: %s\n", what, strerror(errno));
        exit(2);
    }
}

static void refuse(const char *what) {
    fprintf(stderr, "linux-vmm: %s\n", what);
    exit(2);
}

static long microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// What the guest's console says; whole lines go on at once.
static void print(uint8_t byte) {
    static char line[1024];
    static size_t length;
    line[length++] = (char)byte;
    if (byte == '\n' || length == sizeof line) {
        must(write(STDOUT_FILENO, line, length), "standard output");
        isMarked |= strncmp(line, mark, strlen(mark)) == 0;
        length = 0;
    }
}

// A 16550A whose line takes no time, and on which nothing comes in.
static struct {
    uint8_t enabled, fifo, line, modem, scratch, divisor[2];
    int hasEmptied, isRaised;
} serial = {.divisor = {1, 0}};

static void setSerialLine(void) {
    int raise = (serial.enabled & UART_IER_THRI) && serial.hasEmptied;
    if (raise != serial.isRaised) {
        struct kvm_irq_level level = {.irq = SERIAL_LINE, .level = (uint32_t)raise};
        must(ioctl(machine, KVM_IRQ_LINE, &level), "KVM_IRQ_LINE");
        serial.isRaised = raise;
    }
}

static void writeSerial(int at, uint8_t value) {
    int isLatched = serial.line & UART_LCR_DLAB;
    if (isLatched && at <= UART_DLM) {
        serial.divisor[at] = value;
        return;
    }
    switch (at) {
    case UART_TX:
        serial.hasEmptied = 1;
        if (!(serial.modem & UART_MCR_LOOP)) {
            print(value);
        }
        break;
    case UART_IER:
        // Who asks anew for an empty transmitter is told.
        serial.hasEmptied |= value & ~serial.enabled & UART_IER_THRI;
        serial.enabled = value & 0xf;
        break;
    case UART_FCR:
        serial.fifo = value;
        break;
    case UART_LCR:
        serial.line = value;
        break;
    case UART_MCR:
        serial.modem = value & 0x1f;
        break;
    case UART_SCR:
        serial.scratch = value;
        break;
    }
    setSerialLine();
}

static uint8_t readSerial(int at) {
    if ((serial.line & UART_LCR_DLAB) && at <= UART_DLM) {
        return serial.divisor[at];
    }
    switch (at) {
    case UART_RX:
        return 0;
    case UART_IER:
        return serial.enabled;
    case UART_IIR: {
        uint8_t cause = serial.isRaised ? UART_IIR_THRI : UART_IIR_NO_INT;
        serial.hasEmptied &= !serial.isRaised;
        setSerialLine();
        return cause | (serial.fifo & UART_FCR_ENABLE_FIFO ? 0xc0 : 0);
    }
    case UART_LCR:
        return serial.line;
    case UART_MCR:
        return serial.modem;
    case UART_LSR:
        return UART_LSR_THRE | UART_LSR_TEMT;
    case UART_MSR:
        return UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS;
    default:
        return serial.scratch;
    }
}

static uint8_t clockIndex;

static void writePort(int port, uint32_t value) {
    if (port >= SERIAL && port < SERIAL + SERIAL_PORTS) {
        writeSerial(port - SERIAL, (uint8_t)value);
    } else if (port == CLOCK_INDEX) {
        clockIndex = value & 0x7f;
    } else if (port == KEYBOARD && value == KEYBOARD_RESET) {
        isOver = 1;
    }
}

static uint32_t readPort(int port) {
    // An MC146818 on 2026-01-01, in BCD, 24 hours: a Thursday.
    static const uint8_t clock[128] = {[6] = 5, [7] = 1, [8] = 1, [9] = 0x26, [10] = 0x26, [11] = 2, [13] = 0x80,
                                       [0x32] = 0x20};
    if (port >= SERIAL && port < SERIAL + SERIAL_PORTS) {
        return readSerial(port - SERIAL);
    }
    switch (port) {
    case CLOCK_DATA:
        return clock[clockIndex];
    case KEYBOARD:
        // Has always one byte more to read, and is ready to be told to reset: Linux takes it for absent at once.
        return 1;
    default:
        return UINT32_MAX;
    }
}

static void answerPort(void) {
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size) {
        uint32_t value = 0;
        if (run->io.direction == KVM_EXIT_IO_OUT) {
            memcpy(&value, data, run->io.size);
            writePort(run->io.port, value);
        } else {
            value = readPort(run->io.port);
            memcpy(data, &value, run->io.size);
        }
    }
}

static int openFile(const char *path, uint64_t *length) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    must(file, path);
    off_t end = lseek(file, 0, SEEK_END);
    must(end, path);
    *length = (uint64_t)end;
    return file;
}

static void load(int file, uint64_t from, uint64_t length, uint64_t to) {
    if (to > memoryBytes || length > memoryBytes - to) {
        refuse("the memory is too small");
    }
    while (length > 0) {
        ssize_t got = pread(file, memory + to, length, (off_t)from);
        if (got <= 0) {
            refuse("a file can't be read, or has become shorter");
        }
        from += (uint64_t)got;
        to += (uint64_t)got;
        length -= (uint64_t)got;
    }
}

// The first 4 GiB at their own addresses: a PML4, a table of four directories, the directories.
static void writeTables(void) {
    uint64_t *root = (uint64_t *)(memory + TABLES), *pointers = root + 512, *directories = pointers + 512;
    root[0] = (TABLES + PAGE) | 3;
    for (uint64_t i = 0; i < 4; i++) {
        pointers[i] = (TABLES + (2 + i) * PAGE) | 3;
    }
    for (uint64_t i = 0; i < 4 * 512; i++) {
        directories[i] = i << 21 | 0x83;
    }
    uint64_t *descriptors = (uint64_t *)(memory + GDT);
    descriptors[CODE_SELECTOR / 8] = 0x00af9b000000ffff;
    descriptors[DATA_SELECTOR / 8] = 0x00cf93000000ffff;
}

// Returns where the kernel is to be entered.
static uint64_t writeSystem(const char *kernel, const char *initrd, const char *words) {
    uint64_t kernelBytes, initrdBytes;
    int kernelFile = openFile(kernel, &kernelBytes), initrdFile = openFile(initrd, &initrdBytes);
    struct setup_header header;
    ssize_t got = pread(kernelFile, &header, sizeof header, offsetof(struct boot_params, hdr));
    if (got != sizeof header || header.header != 0x53726448 || header.version < 0x20c
        || !(header.xloadflags & XLF_KERNEL_64)) {
        refuse("the kernel is no bzImage with a 64-bit entry");
    }
    uint64_t sectors = (header.setup_sects + 1ul) * 512;
    load(kernelFile, sectors, kernelBytes - sectors, header.pref_address);
    uint64_t at = (memoryBytes - initrdBytes) & ~(uint64_t)(PAGE - 1);
    if (initrdBytes > memoryBytes || at < header.pref_address + header.init_size) {
        refuse("the memory is too small");
    }
    load(initrdFile, 0, initrdBytes, at);
    header.type_of_loader = 0xff;
    header.ramdisk_image = (uint32_t)at;
    header.ramdisk_size = (uint32_t)initrdBytes;
    header.cmd_line_ptr = WORDS;
    struct boot_params *parameters = (struct boot_params *)(memory + PARAMETERS);
    parameters->hdr = header;
    parameters->e820_entries = 2;
    parameters->e820_table[0] = (struct boot_e820_entry){.addr = 0, .size = HOLE, .type = 1};
    parameters->e820_table[1] =
        (struct boot_e820_entry){.addr = MEGABYTE, .size = memoryBytes - MEGABYTE, .type = 1};
    if (strlen(words) >= WORDS_MAX) {
        refuse("the words are too long");
    }
    strcpy((char *)memory + WORDS, words);
    writeTables();
    return header.pref_address + 0x200;
}

static struct kvm_segment segment(uint16_t selector, int isCode) {
    return (struct kvm_segment){.limit = ~0u, .selector = selector, .type = isCode ? 11 : 3, .present = 1,
                                .db = !isCode, .s = 1, .l = (uint8_t)isCode, .g = 1};
}

static void enterAt(uint64_t entry) {
    struct kvm_sregs system;
    must(ioctl(vcpu, KVM_GET_SREGS, &system), "KVM_GET_SREGS");
    system.cr0 = 0x80000011;
    system.cr3 = TABLES;
    system.cr4 = 0x20;
    system.efer = 0x500;
    system.gdt = (struct kvm_dtable){.base = GDT, .limit = DATA_SELECTOR + 7};
    system.cs = segment(CODE_SELECTOR, 1);
    system.ds = system.es = system.fs = system.gs = system.ss = segment(DATA_SELECTOR, 0);
    must(ioctl(vcpu, KVM_SET_SREGS, &system), "KVM_SET_SREGS");
    struct kvm_regs registers = {.rip = entry, .rsi = PARAMETERS, .rsp = PARAMETERS + 2 * PAGE, .rflags = 2};
    must(ioctl(vcpu, KVM_SET_REGS, &registers), "KVM_SET_REGS");
}

// All that KVM supports, and what it leaves to a VMM to say: that it is there, with a clock and without delays by port
// 0x80, and that the local APIC's timer takes TSC deadlines.
static void setCpuid(int kvm) {
    enum { ENTRIES = 256, APIC_ID_MASK = 0x00ffffff };
    const uint32_t hypervisor = 1u << 31, tscDeadline = 1u << 24;
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + ENTRIES * sizeof cpuid->entries[0]);
    cpuid->nent = ENTRIES;
    must(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
    for (uint32_t i = 0; i < cpuid->nent; i++) {
        if (cpuid->entries[i].function == 1) {
            cpuid->entries[i].ebx &= APIC_ID_MASK;
            cpuid->entries[i].ecx |= hypervisor | tscDeadline;
        }
    }
    must(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
    free(cpuid);
}

static void makeMachine(void) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    must(kvm, "/dev/kvm");
    machine = ioctl(kvm, KVM_CREATE_VM, 0);
    must(machine, "KVM_CREATE_VM");
    must(ioctl(machine, KVM_SET_TSS_ADDR, TSS_ADDRESS), "KVM_SET_TSS_ADDR");
    must(ioctl(machine, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
    struct kvm_pit_config pit = {.flags = KVM_PIT_SPEAKER_DUMMY};
    must(ioctl(machine, KVM_CREATE_PIT2, &pit), "KVM_CREATE_PIT2");
    void *place = mmap(NULL, memoryBytes + LARGE_PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(place == MAP_FAILED ? -1 : 0, "mmap");
    // So that the host and the nested tables can have it in large pages.
    memory = (uint8_t *)(((uintptr_t)place + LARGE_PAGE - 1) & ~(uintptr_t)(LARGE_PAGE - 1));
    must(madvise(memory, memoryBytes, MADV_HUGEPAGE), "madvise");
    struct kvm_userspace_memory_region region = {.memory_size = memoryBytes, .userspace_addr = (uint64_t)memory};
    must(ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    vcpu = ioctl(machine, KVM_CREATE_VCPU, 0);
    must(vcpu, "KVM_CREATE_VCPU");
    long length = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    must(length, "KVM_GET_VCPU_MMAP_SIZE");
    run = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    must(run == MAP_FAILED ? -1 : 0, "mmap of the vCPU");
    setCpuid(kvm);
}

int main(int argc, char **argv) {
    long begin = microseconds(), ports = 0, addresses = 0;
    if (argc != 6) {
        refuse("usage: linux-vmm KERNEL INITRD MEBIBYTES MARK WORDS");
    }
    memoryBytes = strtoull(argv[3], NULL, 10) << 20;
    if (memoryBytes < 64 * MEGABYTE || memoryBytes > 2048ull * MEGABYTE) {
        refuse("memory is 64 to 2048 MiB");
    }
    mark = argv[4];
    makeMachine();
    enterAt(writeSystem(argv[1], argv[2], argv[5]));
    long entered = microseconds();
    while (!isMarked && !isOver) {
        must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
        switch (run->exit_reason) {
        case KVM_EXIT_IO:
            ports++;
            answerPort();
            break;
        case KVM_EXIT_MMIO:
            addresses++;
            memset(run->mmio.data, 0xff, sizeof run->mmio.data);
            break;
        default:
            printf("linux-vmm: KVM came out for reason %u\n", run->exit_reason);
            isOver = 1;
            break;
        }
    }
    printf("@ entered %ld us, marked %ld us, %ld port accesses, %ld address accesses\n", entered - begin,
           microseconds() - begin, ports, addresses);
    return isMarked ? 0 : 1;
}
