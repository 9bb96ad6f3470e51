using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PeerLogTests
{
    [Fact]
    public void TheLastLines_AreShown() =>
        PeerLog.Tail(["a", "b", "c"], 2).ShouldBe(["b", "c"]);

    [Fact]
    public void AStackOfSst_HidesNoReason() => PeerLog.Tail(
        [
            "NameError: x", "FATAL: no", "SST Fatal Backtrace Information:",
            "    0 : sst(_ZNK3SST6Output5fatal+0x238) [0x561c377b68a8]",
            "   10 : /lib/libc.so.6(+0x2724a) [0x7f71b324524a]",
        ],
        2).ShouldBe(["NameError: x", "FATAL: no"]);

    [Fact]
    public void WordsOfOpenMpi_HideNoReason()
    {
        string dashes = new('-', 74);
        PeerLog.Tail(
            [
                "FATAL: no", dashes, "MPI_ABORT was invoked on rank 0 in communicator MPI_COMM_WORLD", "",
                "exactly when Open MPI kills them.", dashes, dashes, "There are not enough slots", dashes,
                dashes, "Primary job  terminated normally, but 1 process returned",
            ],
            5).ShouldBe(["FATAL: no", dashes, "There are not enough slots", dashes]);
    }

    [Fact]
    public void AnEmptyLog_HasNoLines() => PeerLog.Tail([], 5).ShouldBeEmpty();
}
