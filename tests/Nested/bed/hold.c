/* Keeps one machine of KVM's, with one vCPU, for as long as the bed runs.
 *
 * Linux rewrites instructions of its scheduler when the first such machine is made and when the last
 * is gone (the static key of preempt notifiers). QEMU's processors, if they run at once, sometimes go
 * on with the breakpoint that stands there meanwhile, for ever. With this one there is a first and a
 * last only while one processor is up. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int machine = ioctl(kvm, KVM_CREATE_VM, 0);
    if (ioctl(machine, KVM_CREATE_VCPU, 0) < 0) {
        perror("hold");
        return 1;
    }
    if (fork() == 0)
        pause();
    return 0;
}
