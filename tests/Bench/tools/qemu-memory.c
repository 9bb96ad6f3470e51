// A plug-in of QEMU's user emulation that consumes the address of every data access: each goes
// into a ring that is summed when full. The fair peer of a full trace into a null sink.
// Debian's qemu-user has plug-ins but ships no header, hence the declarations.
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef struct qemu_info_t qemu_info_t;
typedef void (*TranslateCallback)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*MemoryCallback)(unsigned int, qemu_plugin_meminfo_t, uint64_t, void *);
typedef void (*ExitCallback)(qemu_plugin_id_t, void *);

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, TranslateCallback);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern void qemu_plugin_register_vcpu_mem_cb(
    struct qemu_plugin_insn *, MemoryCallback, int flags, int readsAndWrites, void *);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, ExitCallback, void *);
extern void qemu_plugin_outs(const char *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { RING = 1 << 16, NO_CALLBACK_FLAGS = 0, READS_AND_WRITES = 3 };

static uint64_t s_ring[RING], s_count, s_sum;
static uint32_t s_at;

static void consume(void) {
    for (uint32_t i = 0; i < s_at; i++) {
        s_sum += s_ring[i];
    }
    s_count += s_at;
    s_at = 0;
}

static void access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *unused) {
    (void)vcpu, (void)info, (void)unused;
    s_ring[s_at++] = address;
    if (s_at == RING) {
        consume();
    }
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < count; i++) {
        qemu_plugin_register_vcpu_mem_cb(
            qemu_plugin_tb_get_insn(block, i), access, NO_CALLBACK_FLAGS, READS_AND_WRITES, NULL);
    }
}

static void finished(qemu_plugin_id_t id, void *unused) {
    (void)id, (void)unused;
    char line[128];
    consume();
    snprintf(line, sizeof line, "accesses %" PRIu64 " sum %" PRIx64 "\n", s_count, s_sum);
    qemu_plugin_outs(line);
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    (void)info, (void)argc, (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
