using Dilaton.Tests.Laws.Programs;

namespace Dilaton.Tests.Laws;

/// <summary>The test assembly is a program too, so that a node has a process of its own.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        NodeProcess.Parse(arguments).Tell(Console.Out);
        return 0;
    }
}
