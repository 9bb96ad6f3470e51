/* Runs blocks of x86-64 user code on the real CPU, each in a known state and a known memory, and
 * tells exactly where it ended: the reference that the translator is compared with.
 *
 * No libc: fs and gs belong to the guest code. A test case begins and ends by sigreturn:
 *
 *   driver --kill(self, SIGUSR1)--> handler saves the driver's frame, writes the guest's state into
 *   the frame --sigreturn--> guest code --signal--> handler notes state; for a single step
 *   --sigreturn--> guest code ...; at the end writes the driver's frame back --sigreturn--> driver
 *
 * argv[1] names a file shared with the test: a struct control, then per case a struct case_io, its
 * memory image before, its image after, and its step log. One byte on stdin starts the batch, one
 * byte on stdout ends it. System calls from outside this program's own text raise SIGSYS.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <asm/prctl.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint8_t u8;

enum { REGION_MAX = 8, EXTENDED_BYTES = 768, TRAP_FLAG = 0x100, ALIGN_FLAG = 0x40000 };

struct region {
    u64 address;
    u64 size_bytes;
    u64 protection;
};

struct control {
    u64 case_count;
    u64 case_stride;
    u64 image_bytes;
    u64 log_offset;
    u64 log_capacity;
    u64 region_count;
    struct region regions[REGION_MAX];
};

/* The order of Dilaton.Core.GuestRegisters, then Dilaton.Core.ExtendedState. */
struct state {
    u64 gpr[16];
    u64 rip;
    u64 rflags;
    u64 fs_base;
    u64 gs_base;
    u8 extended[EXTENDED_BYTES];
};

struct case_io {
    struct state begin;
    struct state end;
    u64 single_step;      /* 0: run straight; 1: step and log the state before every step */
    u64 step_max;
    u64 code_writable;
    u64 step_count;
    u64 signal;           /* 0: step_max reached */
    u64 trap_number;
    u64 error_code;
    u64 fault_address;
};

static struct control *control_block;
static struct case_io *current_case;
static struct state *log_entries;
static int is_running;
static struct sigcontext driver_context;
static u8 driver_fpstate[16384] __attribute__((aligned(64)));
static u8 signal_stack[1 << 17] __attribute__((aligned(64)));

extern const char __executable_start[], etext[];

void *memcpy(void *to, const void *from, size_t n)
{
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return result;
}

void *memset(void *to, int value, size_t n)
{
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
    return result;
}

static long system_call(long n, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static void fail(int code)
{
    system_call(__NR_exit_group, code, 0, 0, 0, 0, 0);
    __builtin_unreachable();
}

static u64 read_fs(void)
{
    u64 v;
    __asm__ volatile("rdfsbase %0" : "=r"(v));
    return v;
}

static u64 read_gs(void)
{
    u64 v;
    __asm__ volatile("rdgsbase %0" : "=r"(v));
    return v;
}

enum { HEADER_AT = 512, YMM_AT = 576, X87_BIT = 1, SSE_BIT = 2, AVX_BIT = 4 };

static void state_from_context(struct state *s, const struct sigcontext *c)
{
    const u8 *fp = (const u8 *)c->fpstate;
    u64 in_use = *(const u64 *)(fp + HEADER_AT);
    u64 *g = s->gpr;
    g[0] = c->rax; g[1] = c->rcx; g[2] = c->rdx; g[3] = c->rbx;
    g[4] = c->rsp; g[5] = c->rbp; g[6] = c->rsi; g[7] = c->rdi;
    g[8] = c->r8; g[9] = c->r9; g[10] = c->r10; g[11] = c->r11;
    g[12] = c->r12; g[13] = c->r13; g[14] = c->r14; g[15] = c->r15;
    s->rip = c->rip;
    s->rflags = c->eflags & ~(u64)(TRAP_FLAG | 0x10000);
    s->fs_base = read_fs();
    s->gs_base = read_gs();
    memset(s->extended, 0, EXTENDED_BYTES);
    memcpy(s->extended, fp, 416);
    if (!(in_use & X87_BIT)) {
        memset(s->extended, 0, 24);
        memset(s->extended + 32, 0, 128);
        s->extended[0] = 0x7f;
        s->extended[1] = 0x03;
    }
    if (!(in_use & SSE_BIT))
        memset(s->extended + 160, 0, 256);
    if (in_use & AVX_BIT)
        memcpy(s->extended + 512, fp + YMM_AT, 256);
}

static void state_to_context(struct sigcontext *c, const struct state *s)
{
    u8 *fp = (u8 *)c->fpstate;
    const u64 *g = s->gpr;
    c->rax = g[0]; c->rcx = g[1]; c->rdx = g[2]; c->rbx = g[3];
    c->rsp = g[4]; c->rbp = g[5]; c->rsi = g[6]; c->rdi = g[7];
    c->r8 = g[8]; c->r9 = g[9]; c->r10 = g[10]; c->r11 = g[11];
    c->r12 = g[12]; c->r13 = g[13]; c->r14 = g[14]; c->r15 = g[15];
    c->rip = s->rip;
    c->eflags = s->rflags;
    memcpy(fp, s->extended, 416);
    memcpy(fp + YMM_AT, s->extended + 512, 256);
    *(u64 *)(fp + HEADER_AT) |= X87_BIT | SSE_BIT | AVX_BIT;
    __asm__ volatile("wrfsbase %0" : : "r"(s->fs_base));
    __asm__ volatile("wrgsbase %0" : : "r"(s->gs_base));
}

static u32 fpstate_size(const struct sigcontext *c)
{
    return *(const u32 *)((const u8 *)c->fpstate + 464 + 4);
}

static void begin_case(struct sigcontext *c)
{
    u32 size = fpstate_size(c);
    if (size > sizeof driver_fpstate)
        fail(20);
    driver_context = *c;
    memcpy(driver_fpstate, c->fpstate, size);
    state_to_context(c, &current_case->begin);
    if (current_case->single_step) {
        c->eflags |= TRAP_FLAG;
        log_entries[0] = current_case->begin;
    }
    is_running = 1;
}

static void end_case(struct sigcontext *c, u64 signal)
{
    void *fp = c->fpstate;
    current_case->signal = signal;
    state_from_context(&current_case->end, c);
    current_case->trap_number = c->trapno;
    current_case->error_code = c->err;
    is_running = 0;
    memcpy(fp, driver_fpstate, fpstate_size(&driver_context));
    *c = driver_context;
    c->fpstate = fp;
}

/* PUSHF stores the trap flag that only we set; its image lies at the stack pointer. */
static void hide_trap_flag(u64 rip_before, const struct sigcontext *c)
{
    const u8 *p = (const u8 *)rip_before;
    for (int i = 0; i < 14; i++) {
        u8 b = p[i];
        if (b == 0x9c) {
            *(u8 *)(c->rsp + 1) &= (u8)~1;
            return;
        }
        if (b != 0x66 && (b & 0xf0) != 0x40 && b != 0xf2 && b != 0xf3 && b != 0x2e && b != 0x36
            && b != 0x3e && b != 0x26 && b != 0x64 && b != 0x65 && b != 0x67)
            return;
    }
}

static void on_step(struct sigcontext *c)
{
    struct case_io *k = current_case;
    u64 n = ++k->step_count;
    hide_trap_flag(log_entries[n - 1].rip, c);
    if (n >= k->step_max) {
        end_case(c, 0);
        return;
    }
    state_from_context(&log_entries[n], c);
    c->eflags |= TRAP_FLAG;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    /* Flags that signal frames neither clear nor carry: alignment check, nested task, id. */
    __asm__ volatile("pushfq; andl $0xffdbbfff, (%%rsp); popfq" : : : "memory", "cc");
    struct sigcontext *c = &((struct ucontext *)context)->uc_mcontext;
    if (!is_running) {
        if (number != SIGUSR1)
            fail(21);
        begin_case(c);
        return;
    }
    if (number == SIGTRAP && c->trapno == 1 && current_case->single_step) {
        on_step(c);
        return;
    }
    current_case->fault_address = number == SIGSEGV && c->trapno == 14 ? c->cr2
        : (u64)info->si_addr;
    end_case(c, (u64)number);
}

__attribute__((naked)) static void restorer(void)
{
    __asm__ volatile("mov %0, %%eax; syscall" : : "i"(__NR_rt_sigreturn));
}

struct kernel_sigaction {
    void (*handler)(int, siginfo_t *, void *);
    u64 flags;
    void (*restore)(void);
    u64 mask;
};

static void install_handlers(void)
{
    static const u8 numbers[] = { SIGUSR1, SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGSYS };
    stack_t stack = { .ss_sp = signal_stack, .ss_flags = 0, .ss_size = sizeof signal_stack };
    if (system_call(__NR_sigaltstack, (long)&stack, 0, 0, 0, 0, 0) != 0)
        fail(10);
    for (unsigned i = 0; i < sizeof numbers; i++) {
        struct kernel_sigaction action = {
            .handler = on_signal,
            .flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0x04000000,
            .restore = restorer,
            .mask = 0,
        };
        if (system_call(__NR_rt_sigaction, numbers[i], (long)&action, 0, 8, 0, 0) != 0)
            fail(11);
    }
}

static void fence_system_calls(void)
{
    u64 from = (u64)__executable_start, to = (u64)etext;
    u32 ip = offsetof(struct seccomp_data, instruction_pointer);
    if (from >> 32 != to >> 32)
        fail(12);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ip + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (u32)(from >> 32), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ip),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (u32)from, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (u32)to, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    if (system_call(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) != 0
        || system_call(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&program, 0, 0, 0) != 0)
        fail(13);
}

static void map_regions(void)
{
    for (u64 i = 0; i < control_block->region_count; i++) {
        struct region *r = &control_block->regions[i];
        long at = system_call(__NR_mmap, (long)r->address, (long)r->size_bytes,
            PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (at != (long)r->address)
            fail(14);
    }
}

static void protect_regions(int is_load, u64 code_writable)
{
    for (u64 i = 0; i < control_block->region_count; i++) {
        struct region *r = &control_block->regions[i];
        u64 protection = is_load ? PROT_READ | PROT_WRITE
            : r->protection | (i == 0 && code_writable ? PROT_WRITE : 0);
        if (r->protection == (PROT_READ | PROT_WRITE))
            continue;
        if (system_call(__NR_mprotect, (long)r->address, (long)r->size_bytes, (long)protection,
                0, 0, 0) != 0)
            fail(15);
    }
}

static void copy_image(u8 *image, int is_load)
{
    for (u64 i = 0; i < control_block->region_count; i++) {
        struct region *r = &control_block->regions[i];
        if (is_load)
            memcpy((void *)r->address, image, r->size_bytes);
        else
            memcpy(image, (void *)r->address, r->size_bytes);
        image += r->size_bytes;
    }
}

static void run_case(struct case_io *k)
{
    u8 *before = (u8 *)k + sizeof *k;
    u8 *after = before + control_block->image_bytes;
    protect_regions(1, 0);
    copy_image(before, 1);
    protect_regions(0, k->code_writable);
    k->step_count = 0;
    k->fault_address = 0;
    current_case = k;
    log_entries = (struct state *)((u8 *)k + control_block->log_offset);
    if (k->single_step && k->step_max > control_block->log_capacity)
        fail(16);
    long pid = system_call(__NR_getpid, 0, 0, 0, 0, 0, 0);
    system_call(__NR_kill, pid, SIGUSR1, 0, 0, 0, 0);
    copy_image(after, 0);
}

__attribute__((used)) static void run(long *stack)
{
    const char *path = (const char *)stack[2];
    long size;
    if (stack[0] < 2)
        fail(2);
    long fd = system_call(__NR_open, (long)path, O_RDWR, 0, 0, 0, 0);
    if (fd < 0)
        fail(3);
    size = system_call(__NR_lseek, fd, 0, 2, 0, 0, 0);
    control_block = (struct control *)system_call(__NR_mmap, 0, size, PROT_READ | PROT_WRITE,
        MAP_SHARED, fd, 0);
    if ((u64)control_block > (u64)-4096)
        fail(4);
    map_regions();
    install_handlers();
    fence_system_calls();
    for (;;) {
        u8 byte;
        if (system_call(__NR_read, 0, (long)&byte, 1, 0, 0, 0) != 1)
            fail(0);
        for (u64 i = 0; i < control_block->case_count; i++)
            run_case((struct case_io *)((u8 *)control_block + 4096 + i * control_block->case_stride));
        if (system_call(__NR_write, 1, (long)&byte, 1, 0, 0, 0) != 1)
            fail(5);
    }
}

__attribute__((naked, used)) void _start(void)
{
    __asm__ volatile("mov %rsp, %rdi; and $-16, %rsp; call run; ud2");
}
