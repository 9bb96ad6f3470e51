namespace Dilaton.Guest;

/// <summary>Names of the Linux x86-64 system calls and how many arguments a report shows of each,
/// made from the kernel's own header (asm/unistd_64.h).</summary>
internal static class SystemCallNames
{
    private const int ArgumentsShownByDefault = 4;

    /// <summary>In the order of their numbers; <c>-</c> is a gap.</summary>
    private static readonly string[] s_entries =
        """
        read/3 write/3 open/3 close/1 stat/2 fstat/2 lstat/2 poll/3 lseek/3 mmap/6
        mprotect/3 munmap/2 brk/1 rt_sigaction/4 rt_sigprocmask/4 rt_sigreturn/0 ioctl/3
        pread64/4 pwrite64/4 readv/3 writev/3 access/2 pipe/1 select/5 sched_yield/0
        mremap/5 msync/3 mincore/3 madvise/3 shmget/4 shmat/4 shmctl/4 dup/1 dup2/2 pause/0
        nanosleep/2 getitimer/2 alarm/1 setitimer/3 getpid/0 sendfile/4 socket/3 connect/3
        accept/3 sendto/6 recvfrom/6 sendmsg/3 recvmsg/3 shutdown/2 bind/3 listen/2
        getsockname/3 getpeername/3 socketpair/4 setsockopt/5 getsockopt/5 clone/5 fork/0
        vfork/0 execve/3 exit/1 wait4/4 kill/2 uname/1 semget/4 semop/4 semctl/4 shmdt/4
        msgget/4 msgsnd/4 msgrcv/4 msgctl/4 fcntl/3 flock/2 fsync/1 fdatasync/1 truncate/2
        ftruncate/2 getdents/3 getcwd/2 chdir/1 fchdir/1 rename/2 mkdir/2 rmdir/1 creat/2
        link/2 unlink/1 symlink/2 readlink/3 chmod/2 fchmod/2 chown/3 fchown/3 lchown/3
        umask/1 gettimeofday/2 getrlimit/2 getrusage/2 sysinfo/1 times/1 ptrace/4 getuid/0
        syslog/3 getgid/0 setuid/1 setgid/1 geteuid/0 getegid/0 setpgid/2 getppid/0
        getpgrp/0 setsid/0 setreuid/2 setregid/2 getgroups/2 setgroups/2 setresuid/3
        getresuid/3 setresgid/3 getresgid/3 getpgid/1 setfsuid/1 setfsgid/1 getsid/1
        capget/2 capset/2 rt_sigpending/2 rt_sigtimedwait/4 rt_sigqueueinfo/3
        rt_sigsuspend/2 sigaltstack/2 utime/2 mknod/3 uselib/4 personality/1 ustat/4
        statfs/2 fstatfs/2 sysfs/4 getpriority/2 setpriority/3 sched_setparam/2
        sched_getparam/2 sched_setscheduler/3 sched_getscheduler/1 sched_get_priority_max/1
        sched_get_priority_min/1 sched_rr_get_interval/2 mlock/2 munlock/2 mlockall/1
        munlockall/0 vhangup/0 modify_ldt/4 pivot_root/2 _sysctl/4 prctl/5 arch_prctl/2
        adjtimex/1 setrlimit/2 chroot/1 sync/0 acct/1 settimeofday/2 mount/5 umount2/4
        swapon/4 swapoff/1 reboot/4 sethostname/2 setdomainname/4 iopl/4 ioperm/4
        create_module/4 init_module/4 delete_module/4 get_kernel_syms/4 query_module/4
        quotactl/4 nfsservctl/4 getpmsg/4 putpmsg/4 afs_syscall/4 tuxcall/4 security/4
        gettid/0 readahead/4 setxattr/5 lsetxattr/4 fsetxattr/4 getxattr/4 lgetxattr/4
        fgetxattr/4 listxattr/4 llistxattr/4 flistxattr/4 removexattr/4 lremovexattr/4
        fremovexattr/4 tkill/2 time/1 futex/6 sched_setaffinity/3 sched_getaffinity/3
        set_thread_area/4 io_setup/3 io_destroy/4 io_getevents/4 io_submit/4 io_cancel/4
        get_thread_area/4 lookup_dcookie/4 epoll_create/1 epoll_ctl_old/4 epoll_wait_old/4
        remap_file_pages/4 getdents64/3 set_tid_address/1 restart_syscall/0 semtimedop/4
        fadvise64/4 timer_create/3 timer_settime/4 timer_gettime/2 timer_getoverrun/1
        timer_delete/1 clock_settime/2 clock_gettime/2 clock_getres/2 clock_nanosleep/4
        exit_group/1 epoll_wait/4 epoll_ctl/4 tgkill/3 utimes/2 vserver/4 mbind/6
        set_mempolicy/4 get_mempolicy/5 mq_open/4 mq_unlink/4 mq_timedsend/4
        mq_timedreceive/4 mq_notify/4 mq_getsetattr/4 kexec_load/4 waitid/5 add_key/4
        request_key/4 keyctl/5 ioprio_set/4 ioprio_get/4 inotify_init/0 inotify_add_watch/3
        inotify_rm_watch/4 migrate_pages/4 openat/4 mkdirat/3 mknodat/4 fchownat/5
        futimesat/3 newfstatat/4 unlinkat/3 renameat/4 linkat/5 symlinkat/3 readlinkat/4
        fchmodat/3 faccessat/3 pselect6/6 ppoll/5 unshare/1 set_robust_list/2
        get_robust_list/3 splice/6 tee/4 sync_file_range/4 vmsplice/4 move_pages/6
        utimensat/4 epoll_pwait/6 signalfd/4 timerfd_create/2 eventfd/1 fallocate/4
        timerfd_settime/4 timerfd_gettime/2 accept4/4 signalfd4/4 eventfd2/2 epoll_create1/1
        dup3/3 pipe2/2 inotify_init1/1 preadv/5 pwritev/5 rt_tgsigqueueinfo/4
        perf_event_open/4 recvmmsg/5 fanotify_init/2 fanotify_mark/4 prlimit64/4
        name_to_handle_at/4 open_by_handle_at/4 clock_adjtime/4 syncfs/1 sendmmsg/4 setns/4
        getcpu/3 process_vm_readv/6 process_vm_writev/6 kcmp/4 finit_module/4
        sched_setattr/3 sched_getattr/4 renameat2/5 seccomp/3 getrandom/3 memfd_create/2
        kexec_file_load/4 bpf/4 execveat/5 userfaultfd/1 membarrier/2 mlock2/3
        copy_file_range/6 preadv2/6 pwritev2/6 pkey_mprotect/4 pkey_alloc/2 pkey_free/4
        statx/5 io_pgetevents/4 rseq/4 - - - - - - - - - - - - - - - - - - - - - - - - - - -
        - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
        - - - - - - - - - - - - - - - - - - - - pidfd_send_signal/4 io_uring_setup/4
        io_uring_enter/4 io_uring_register/4 open_tree/4 move_mount/4 fsopen/4 fsconfig/4
        fsmount/4 fspick/4 pidfd_open/4 clone3/2 close_range/3 openat2/4 pidfd_getfd/4
        faccessat2/4 process_madvise/5 epoll_pwait2/4 mount_setattr/4 quotactl_fd/4
        landlock_create_ruleset/4 landlock_add_rule/4 landlock_restrict_self/4
        memfd_secret/4 process_mrelease/4 futex_waitv/5 set_mempolicy_home_node/4 cachestat/4
        fchmodat2/4 map_shadow_stack/3 futex_wake/4 futex_wait/6 futex_requeue/4 statmount/4
        listmount/4 lsm_get_self_attr/4 lsm_set_self_attr/4 lsm_list_modules/3 mseal/3
        setxattrat/6 getxattrat/6 listxattrat/5 removexattrat/4 open_tree_attr/5
        """.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static readonly Dictionary<string, int> s_argumentCounts = CountArguments();

    /// <summary>Numbers that have a name, ascending.</summary>
    public static IEnumerable<int> Numbers =>
        Enumerable.Range(0, s_entries.Length).Where(i => s_entries[i] != "-");

    public static string Find(ulong number)
    {
        string entry = number < (ulong)s_entries.Length ? s_entries[number] : "-";
        return entry == "-" ? $"syscall_{number}" : entry[..entry.IndexOf('/')];
    }

    public static int ArgumentCount(string name) =>
        s_argumentCounts.GetValueOrDefault(name, ArgumentsShownByDefault);

    private static Dictionary<string, int> CountArguments()
    {
        var counts = new Dictionary<string, int>();
        foreach (string entry in s_entries)
        {
            int slash = entry.IndexOf('/');
            if (slash > 0)
            {
                counts.TryAdd(entry[..slash], entry[slash + 1] - '0');
            }
        }

        return counts;
    }
}
