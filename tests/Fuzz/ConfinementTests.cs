using Dilaton.Tests.Differential;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Fuzz;

/// <summary>What a process that has shut itself in can and can't do, on this host's kernel.</summary>
public sealed class ConfinementTests
{
    [Fact]
    public void ConfinedProcess_ReachesItsGrantsOnly_FromAllItsThreads()
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-test-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "granted"));
            Directory.CreateDirectory(Path.Combine(folder, "shown"));
            File.WriteAllText(Path.Combine(folder, "shown", "file"), "shown");
            File.WriteAllText(Path.Combine(folder, "outside"), "outside");
            WorkerProcess.Run("confine", folder).ShouldBe("");
            File.ReadAllText(Path.Combine(folder, "outside")).ShouldBe("outside");
            Directory.GetFileSystemEntries(Path.Combine(folder, "granted")).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
