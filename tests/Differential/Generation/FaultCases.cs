namespace Dilaton.Tests.Differential;

/// <summary>Instructions that user code may not execute, and bytes that are none.</summary>
internal static class FaultCases
{
    private static readonly ulong[] s_places = [0x200, 0xFFF];

    private static readonly string[] s_codes =
    [
        "f4", "fa", "fb", "ec", "ed", "ee", "ef", "e410", "e610", "6c", "6d", "6e", "6f", "f36c",
        "f36e", "0f32", "0f30", "0f08", "0f09", "0f06", "0f0110", "0f0118", "0f00d8", "0f00d0",
        "0f22c0", "0f20c0", "0f23f8", "0f21f8", "0f33", "0f0b", "0fb9c0", "0fffc0",
        "660f0b", "cc", "cd21", "06", "0e", "16", "1e", "27", "2f", "37", "3f", "60", "61",
        "9a", "ce", "d4", "d5", "ea", "0f0a", "f0894500", "f00fc8",
        "f0480fafc3", "c5f8ae",  "0f22c8",
    ];

    public static IEnumerable<TestCase> All()
    {
        foreach (string code in s_codes)
        {
            foreach (ulong place in s_places)
            {
                SeededRandom random = new((ulong)code.Length + place);
                TestCase test = SystematicCases.NewCase($"fault {code} at {place:x}", random);
                byte[] bytes = Convert.FromHexString(code);
                ulong rip = TestLayout.Code.Start + place;
                test.Begin.Registers.Rip = rip;
                bytes.CopyTo(test.Memory(rip, bytes.Length));
                yield return test;
            }
        }
    }
}
