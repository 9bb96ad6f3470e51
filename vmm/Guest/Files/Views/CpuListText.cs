using System.Globalization;
using System.Text;

namespace Dilaton.Guest;

/// <summary>The kernel's two ways to write a set of CPUs.</summary>
internal static class CpuListText
{
    private const int BitsPerWord = 32;

    /// <summary>Such as <c>0-3,8</c>; the CPUs in ascending order.</summary>
    public static string ToList(IReadOnlyList<int> cpus)
    {
        StringBuilder text = new();
        for (int i = 0; i < cpus.Count;)
        {
            int last = i;
            while (last + 1 < cpus.Count && cpus[last + 1] == cpus[last] + 1)
            {
                last++;
            }

            text.Append(text.Length == 0 ? "" : ",");
            text.Append(CultureInfo.InvariantCulture, $"{cpus[i]}");
            if (last > i)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{cpus[last]}");
            }

            i = last + 1;
        }

        return text.ToString();
    }

    /// <summary>Such as <c>00000001,ffffffff</c>, wide enough for all CPUs.</summary>
    public static string ToMask(IReadOnlyList<int> cpus, int cpuCount)
    {
        uint[] words = new uint[(cpuCount + BitsPerWord - 1) / BitsPerWord];
        foreach (int cpu in cpus)
        {
            words[cpu / BitsPerWord] |= 1u << (cpu % BitsPerWord);
        }

        StringBuilder text = new();
        for (int i = words.Length - 1; i >= 0; i--)
        {
            int width = i == words.Length - 1 ? (((cpuCount - 1) % BitsPerWord) / 4) + 1 : 8;
            string word = words[i].ToString("x", CultureInfo.InvariantCulture);
            text.Append(word.PadLeft(width, '0'));
            text.Append(i > 0 ? "," : "");
        }

        return text.ToString();
    }

    public static int[] Range(int first, int count)
    {
        int[] cpus = new int[count];
        for (int i = 0; i < count; i++)
        {
            cpus[i] = first + i;
        }

        return cpus;
    }
}
