using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that mounts a file system; skipped where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MountFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_can = new(TmpfsFolder.CanMount);

    public MountFactAttribute() => Skip = s_can.Value ? null : "needs the right to mount a tmpfs";
}
