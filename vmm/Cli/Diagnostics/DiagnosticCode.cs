namespace Dilaton.Cli;

/// <summary>Every message an operator can get has a number that never changes its meaning; each
/// has a paragraph in docs/errors.md.</summary>
internal enum DiagnosticCode
{
    FileUnreadable = 1,
    NotYaml = 2,
    TabIndentation = 3,
    DuplicateKey = 4,
    SeveralDocuments = 5,
    TooLarge = 6,
    UnsupportedYaml = 7,

    UnknownKey = 101,
    MissingKey = 102,
    WrongKind = 103,
    BadQuantity = 104,
    OutOfRange = 105,
    NotAChoice = 106,
    BadName = 107,
    ApiVersion = 108,
    NotBuiltYet = 109,
    BadNumber = 110,
    EmptyValue = 111,

    Inconsistent = 201,
    ProgramNotFound = 202,
    EngineTrait = 203,
    PathNotFound = 204,
    SstElement = 205,
    SstParameter = 206,
    SstConfiguration = 207,
    OverlayCommand = 208,
    CutOff = 209,

    BadOverride = 301,
    BadOption = 302,

    NoJobRuns = 520,
    ControlRefused = 521,
    ControlUnreachable = 522,
    ControlLog = 523,
    JobRuns = 524,

    OutputFolderForeign = 401,
    OutputFolderUnwritable = 402,
    NotAResultFolder = 403,

    WorkerDied = 501,
    GuestRefused = 502,
    Limit = 503,
    Interrupted = 504,
    UnsupportedSystemCall = 505,
    InternalError = 506,
    Deadlock = 507,
    PeerFault = 508,
    Tainted = 509,
    WorkerHung = 510,
    Unanswered = 511,

    PartsUnwritable = 535,

    HostNotJoined = 540,
    HostLost = 541,
    HostFile = 542,
    HostAddress = 543,

    EnvironmentMissing = 601,
    HostTooSmall = 602,

    SystemEngine = 620,
    SystemLacks = 621,
    SystemSlow = 622,
    SystemDisk = 623,
    SystemImages = 624,
    SystemNic = 630,
    SystemHeld = 631,
    SystemTap = 632,
    SystemProcessors = 633,

    SystemStays = 635,

    DebuggerImpossible = 670,

    SweepRange = 701,
    SweepCondition = 702,
    SweepEmpty = 703,
    SweepSamePoint = 704,
    SweepUnbound = 705,
    SweepLocked = 706,
    SweepExists = 707,
    SweepDamaged = 708,
    SweepPointsFailed = 709,
    SweepEngine = 710,
    SweepChanged = 711,

    IntervalLevel = 800,
    BranchUse = 803,

    SamplingKey = 806,
    SamplingPeriod = 807,
    SamplingLacks = 808,

    ProfileSymbols = 810,
    ProfileLines = 811,
    ProfilePeer = 812,
    ProfileLevel = 813,

    TraceDamaged = 820,
    TraceUnreadable = 821,

    CompilerMissing = 830,
    CalibrationImpossible = 831,

    CoreKinds = 845,
}
