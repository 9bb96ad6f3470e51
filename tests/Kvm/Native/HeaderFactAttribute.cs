using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>A test against the kernel's headers, with the C compiler that reads them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HeaderFactAttribute : FactAttribute
{
    private static readonly string[] s_needed = ["/usr/bin/gcc", "/usr/include/linux/kvm.h"];

    public HeaderFactAttribute() => Skip = s_needed.Where(file => !File.Exists(file))
        .Select(file => $"{file} is missing").FirstOrDefault();
}
