// The least of a VMM that runs user code at CPL 3 under KVM, to compare our engine with: no timer, no hooks, no page
// faults, one vCPU. Arguments: exits COUNT (system calls that do nothing), compute COUNT (turns of a loop, then one
// system call). Prints the nanoseconds of CPU time and of host time that it took.
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

// Guest-physical: 2 MiB for user code, at the same virtual addresses, then 2 MiB of the supervisor's at UPPER.
#define HALF 0x200000ul
#define UPPER 0xffff800000000000ul
#define CODE 0x1000ul
enum { PML4, LOWER_PDPT, LOWER_PD, UPPER_PDPT, UPPER_PD, GDT, IDT, TSS, STACK, ENTRIES };
#define PAGE(n) (HALF + (uint64_t)(n) * 4096)
#define HIGH(n) (UPPER + (uint64_t)(n) * 4096)
#define ENTRY(n) (HIGH(ENTRIES) + (n) * 8)
#define CALL_ENTRY (HIGH(ENTRIES) + 2048)

static uint8_t *memory;
static int vcpu;
static struct kvm_run *run;

static void must(long result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static uint64_t *quads(int page) { return (uint64_t *)(memory + PAGE(page)); }

static void tables(void) {
    quads(PML4)[0] = PAGE(LOWER_PDPT) | 7;
    quads(PML4)[256] = PAGE(UPPER_PDPT) | 3;
    quads(LOWER_PDPT)[0] = PAGE(LOWER_PD) | 7;
    quads(UPPER_PDPT)[0] = PAGE(UPPER_PD) | 3;
    quads(LOWER_PD)[0] = 0 | 0xe7; // 2 MiB, the user's
    quads(UPPER_PD)[0] = HALF | 0xe3;
    quads(GDT)[1] = 0x00af9b000000ffff;
    quads(GDT)[2] = 0x00cf93000000ffff;
    quads(GDT)[5] = 0x00cff3000000ffff;
    quads(GDT)[6] = 0x00affb000000ffff;
    for (int vector = 0; vector < 32; vector++) {
        uint64_t at = ENTRY(vector);
        quads(IDT)[vector * 2] = (at & 0xffff) | 0x08ul << 16 | 0x8e01ul << 32 | (at >> 16 & 0xffff) << 48;
        quads(IDT)[vector * 2 + 1] = at >> 32;
    }
    uint64_t stack = HIGH(STACK + 1);
    memcpy(memory + PAGE(TSS) + 4, &stack, 8);
    memcpy(memory + PAGE(TSS) + 36, &stack, 8);
    memset(memory + PAGE(ENTRIES), 0xf4, 4096); // HLT
}

static struct kvm_segment segment(int selector, int type, int isCode, int level) {
    return (struct kvm_segment){.limit = ~0u, .selector = (uint16_t)selector, .type = (uint8_t)type, .present = 1,
        .dpl = (uint8_t)level, .db = !isCode, .s = 1, .l = (uint8_t)isCode, .g = 1};
}

static void user(struct kvm_sregs *system) {
    system->cs = segment(0x33, 11, 1, 3);
    system->ss = system->ds = system->es = system->fs = system->gs = segment(0x2b, 3, 0, 3);
}

static void registers(void) {
    struct kvm_sregs system;
    must(ioctl(vcpu, KVM_GET_SREGS, &system), "KVM_GET_SREGS");
    system.cr0 = 0x80050033;
    system.cr3 = PAGE(PML4);
    system.cr4 = 0x50620;
    system.efer = 0xd01;
    system.gdt = (struct kvm_dtable){.base = HIGH(GDT), .limit = 79};
    system.idt = (struct kvm_dtable){.base = HIGH(IDT), .limit = 511};
    system.tr = (struct kvm_segment){.base = HIGH(TSS), .limit = 103, .selector = 0x40, .type = 11, .present = 1};
    system.ldt = (struct kvm_segment){.unusable = 1};
    user(&system);
    must(ioctl(vcpu, KVM_SET_SREGS, &system), "KVM_SET_SREGS");
    struct {
        struct kvm_msrs head;
        struct kvm_msr_entry entries[3];
    } msrs = {{.nmsrs = 3}, {{.index = 0xc0000081, .data = 0x08ul << 32}, {.index = 0xc0000082, .data = CALL_ENTRY},
                             {.index = 0xc0000084, .data = 0x47700}}};
    must(ioctl(vcpu, KVM_SET_MSRS, &msrs) - 3, "KVM_SET_MSRS");
    run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS;
    run->s.regs.sregs = system;
    run->s.regs.regs = (struct kvm_regs){.rip = CODE, .rsp = HALF, .rflags = 0x202};
    run->kvm_dirty_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
}

// Runs user code to its next system call, and puts rip and rflags to what it had.
static void toCall(void) {
    must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
    struct kvm_regs *now = &run->s.regs.regs;
    uint64_t entry = now->rip - 1;
    // KVM without hardware virtualization leaves the vCPU in user mode, where the entry is out of bounds.
    const uint64_t *frame = (const uint64_t *)(memory + PAGE(STACK + 1) - 48);
    int isFault = entry == ENTRY(14) && run->s.regs.sregs.cr2 == CALL_ENTRY && frame[1] == CALL_ENTRY;
    if (run->exit_reason != KVM_EXIT_HLT || (entry != CALL_ENTRY && !isFault)) {
        fprintf(stderr, "exit %d at %llx\n", run->exit_reason, (unsigned long long)now->rip);
        exit(1);
    }
    if (isFault) {
        now->rsp = frame[4];
    }
    now->rip = now->rcx;
    now->rflags = now->r11;
    user(&run->s.regs.sregs);
    run->kvm_dirty_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
}

static void machine(const uint8_t *code, size_t bytes) {
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    must(kvm, "/dev/kvm");
    int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    must(vm, "KVM_CREATE_VM");
    memory = mmap(NULL, 2 * HALF, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory == MAP_FAILED ? -1 : 0, "mmap");
    must(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000), "KVM_SET_TSS_ADDR");
    struct kvm_userspace_memory_region region = {.memory_size = 2 * HALF, .userspace_addr = (uint64_t)memory};
    must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    must(vcpu, "KVM_CREATE_VCPU");
    long length = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    run = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    must(run == MAP_FAILED ? -1 : 0, "mmap of the vCPU");
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + 256 * sizeof cpuid->entries[0]);
    cpuid->nent = 256;
    must(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
    must(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
    tables();
    memcpy(memory + CODE, code, bytes);
    registers();
}

static long now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000l + t.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: minimal-vmm exits|compute COUNT\n");
        return 2;
    }
    uint64_t count = strtoull(argv[2], NULL, 10);
    int isCompute = strcmp(argv[1], "compute") == 0;
    // syscall; then: back, or: mov rbx, count; dec rbx; jnz back; syscall
    uint8_t code[32] = {0x0f, 0x05, 0xeb, 0xfc};
    if (isCompute) {
        memcpy(code, "\x0f\x05\x48\xbb________\x48\xff\xcb\x75\xfb\x0f\x05", 19);
        memcpy(code + 4, &count, 8);
    }
    machine(code, sizeof code);
    toCall();
    long cpu = now(CLOCK_THREAD_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
    for (uint64_t i = 0; i < (isCompute ? 1 : count); i++) {
        toCall();
    }
    cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
    wall = now(CLOCK_MONOTONIC) - wall;
    printf("%ld %ld\n", cpu, wall);
    return 0;
}
