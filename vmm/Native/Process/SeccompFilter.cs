namespace Dilaton.Native;

/// <summary>Which of the host's system calls a worker may still make once its guest runs, as a program for the
/// kernel (seccomp(2)). What is not listed does not exist for it (ENOSYS), as on an older kernel; what is
/// listed for itself only is EPERM for others.</summary>
public static class SeccompFilter
{
    public const uint Allow = 0x7fff_0000;
    public const uint KillProcess = 0x8000_0000;
    public const uint NoSuchCall = ErrnoAction | 38;
    public const uint NotPermitted = ErrnoAction | 1;
    public const uint ArchitectureX64 = 0xC000_003E;

    /// <summary>Offsets in `struct seccomp_data`.</summary>
    public const uint NumberAt = 0;
    public const uint ArchitectureAt = 4;
    public const uint ArgumentsAt = 16;

    private const uint ErrnoAction = 0x0005_0000;
    private const uint WordBytes = 4;
    private const uint ArgumentBytes = 8;

    private const int Ioctl = 16;
    private const int Clone = 56;
    private const int Kill = 62;
    private const int Prctl = 157;
    private const int SchedSetaffinity = 203;
    private const int Tgkill = 234;
    private const int Prlimit64 = 302;
    private const int ProcessVmReadv = 310;
    private const uint CloneThread = 0x10000;
    private const uint KvmRequests = 0xAE00;
    private const uint RequestType = 0xFF00;

    // TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX: none that changes or feeds a terminal.
    private static readonly uint[] s_requests = [0x5401, 0x5413, 0x541B, 0x5421, 0x5451];

    // PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA.
    private static readonly uint[] s_options = [3, 15, 16, 0x5356_4d41];

    /// <summary>Memory, threads, clocks, waiting, and files and sockets that are open or that Landlock guards.
    /// The commonest first.</summary>
    private static readonly int[] s_plain =
    [
        17, 18, 10, 9, 11, 202, 0, 1, 28, 332, // pread64 pwrite64 mprotect mmap munmap futex read write madvise statx
        257, 3, 2, 4, 5, 6, 262, 8, 19, 20, 295, 296, // openat close open stat fstat lstat newfstatat lseek readv...
        21, 269, 439, 72, 32, 33, 292, 293, 73, 74, 75, 77, 285, // access faccessat* fcntl dup* pipe2 flock fsync...
        217, 78, 79, 89, 267, 95, 137, 138, 221, 326, 40, // getdents* getcwd readlink* umask *statfs fadvise copy...
        82, 264, 316, 83, 258, 84, 87, 263, 265, 266, 90, 91, 268, 452, 280, // rename* mkdir* unlink* link* *chmod*
        12, 25, 26, 27, 149, 150, 325, 319, 324, 239, // brk mremap msync mincore mlock* memfd_create membarrier ...
        13, 14, 15, 130, 131, 127, 128, 219, 34, // rt_sig* sigaltstack restart_syscall pause
        60, 231, 273, 274, 334, 186, 39, 110, 218, 158, 24, 309, // exit* robust lists rseq get*id arch_prctl yield
        204, 140, 142, 143, 144, 145, 146, 147, 315, // sched_get*
        102, 104, 107, 108, 111, 121, 124, 63, 97, 98, 99, 100, 318, // ids uname getrlimit getrusage sysinfo getrandom
        228, 229, 230, 35, 96, 201, // clocks and sleeps
        222, 223, 224, 225, 226, 283, 286, 287, // timers
        290, 291, 213, 233, 232, 281, 7, 271, 23, 270, // eventfd2 epoll* poll* select*
        43, 288, 44, 45, 46, 47, 48, 51, 52, 54, 55, // what sockets do that are there; none is made
    ];

    /// <param name="processId">Of the worker, which may signal and read itself.</param>
    /// <param name="usesKvm">Its nodes run on KVM, which is requests to a device.</param>
    public static SeccompInstruction[] Build(int processId, bool usesKvm)
    {
        uint self = (uint)processId;
        List<SeccompInstruction> program =
        [
            Load(ArchitectureAt),
            new(SeccompInstruction.JumpIfEqual, 1, 0, ArchitectureX64),
            Return(KillProcess),
            Load(NumberAt),
        ];
        foreach (int number in s_plain)
        {
            program.Add(new(SeccompInstruction.JumpIfEqual, 0, 1, (uint)number));
            program.Add(Return(Allow));
        }

        AddRule(program, Kill, [.. OneOf(0, self)]);
        AddRule(program, Tgkill, [.. OneOf(0, self)]);
        AddRule(program, ProcessVmReadv, [.. OneOf(0, self)]);
        AddRule(program, SchedSetaffinity, [.. OneOf(0, 0, self)]);
        AddRule(program, Clone,
        [
            Load(Argument(0)), new(SeccompInstruction.JumpIfAnyBit, 0, 1, CloneThread), Return(Allow),
        ]);
        AddRule(program, Prctl, [.. OneOf(0, s_options)]);
        AddRule(program, Ioctl,
        [
            .. OneOf(1, s_requests),
            .. usesKvm
                ? (SeccompInstruction[])
                [
                    new(SeccompInstruction.AndValue, 0, 0, RequestType),
                    new(SeccompInstruction.JumpIfEqual, 0, 1, KvmRequests),
                    Return(Allow),
                ]
                : [],
        ]);

        // Its own limits may be read, not set: the new value is a null pointer.
        AddRule(program, Prlimit64,
        [
            Load(Argument(2)),
            new(SeccompInstruction.JumpIfEqual, 1, 0, 0),
            Return(NotPermitted),
            Load(Argument(2) + WordBytes),
            new(SeccompInstruction.JumpIfEqual, 1, 0, 0),
            Return(NotPermitted),
            .. OneOf(0, 0, self),
        ]);
        program.Add(Return(NoSuchCall));
        return [.. program];
    }

    /// <summary>The kernel takes the lower half of an argument that is an int.</summary>
    private static IEnumerable<SeccompInstruction> OneOf(int argument, params uint[] values)
    {
        yield return Load(Argument(argument));
        foreach (uint value in values)
        {
            yield return new(SeccompInstruction.JumpIfEqual, 0, 1, value);
            yield return Return(Allow);
        }
    }

    private static void AddRule(List<SeccompInstruction> program, int number, SeccompInstruction[] body)
    {
        program.Add(new(SeccompInstruction.JumpIfEqual, 0, checked((byte)(body.Length + 1)), (uint)number));
        program.AddRange(body);
        program.Add(Return(NotPermitted));
    }

    private static uint Argument(int index) => ArgumentsAt + ((uint)index * ArgumentBytes);

    private static SeccompInstruction Load(uint at) => new(SeccompInstruction.LoadWord, 0, 0, at);

    private static SeccompInstruction Return(uint action) => new(SeccompInstruction.Return, 0, 0, action);
}
