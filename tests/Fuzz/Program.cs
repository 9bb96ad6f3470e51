namespace Dilaton.Tests.Fuzz;

/// <summary>The test assembly is a program too, so that hostile code runs in a child process.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments) => FuzzWorker.Run(arguments, Console.Out);
}
