namespace Dilaton.Tests.Differential;

/// <summary>The test assembly is a program too, so that tests can run translated code in a child
/// process, and a developer can rerun one seed.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Worker.Run(arguments, Console.Out);
}
