using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What became of each node of several, one a line.</summary>
internal static class NodeTable
{
    private const int RowsMax = 24;
    private const int NameWidth = 16;

    public static void Append(StringBuilder text, RunRecord run, RunVerdict verdict)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"  {"node",-NameWidth} {"virtual time",12} {"instructions",16}")
            .Append(" executed   stall  kernel waiting  end\n");
        for (int i = 0; i < Math.Min(run.Nodes.Count, RowsMax); i++)
        {
            AppendRow(text, run.Nodes[i], verdict.Nodes[i]);
        }

        if (run.Nodes.Count > RowsMax)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  and {run.Nodes.Count - RowsMax} more in result.json\n");
        }

        text.Append('\n');
    }

    private static void AppendRow(StringBuilder text, NodeRecord node, Verdict verdict)
    {
        string prefix = $"{node.Node.Name}.vcpu";
        double Cycles(string part)
        {
            string end = $".cycles.{part}";
            double sum = 0;
            foreach (Statistic item in node.Statistics)
            {
                if (item.Divisor != 0 && item.Name.EndsWith(end, StringComparison.Ordinal)
                    && item.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    sum += (double)item.Value / (double)item.Divisor;
                }
            }

            return sum;
        }

        double[] parts =
            [Cycles("executed"), Cycles("stall"), Cycles("kernel"), Cycles("waiting")];
        double total = parts.Sum();
        text.Append(CultureInfo.InvariantCulture,
            $"  {node.Node.Name,-NameWidth} {ProgressLine.Short(node.TimePs),12} ")
            .Append(CultureInfo.InvariantCulture, $"{node.Instructions,16:#,0} ");
        foreach (double part in parts)
        {
            double share = total > 0 ? 100 * part / total : 0;
            text.Append(CultureInfo.InvariantCulture, $" {share,5:0.0} %");
        }

        text.Append("  ").Append(verdict.Reason).Append('\n');
    }
}
