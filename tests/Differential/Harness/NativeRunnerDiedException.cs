namespace Dilaton.Tests.Differential;

internal sealed class NativeRunnerDiedException(int exitCode)
    : Exception($"native_runner died with exit code {exitCode}");
