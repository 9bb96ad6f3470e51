using System.Text;
using Dilaton.Cli;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class CsvTextTests
{
    [Fact]
    public void WrittenRows_AreReadBackTheSame()
    {
        Gen<string> cell = Gen.ArrayOf(Gen.Elements('a', ',', '"', '\n', ' ', '[', '1')).Select(c => new string(c));
        Prop.ForAll(
            Gen.ArrayOf(Gen.NonEmptyListOf(cell)).ToArbitrary(),
            rows =>
            {
                StringBuilder text = new();
                foreach (List<string> row in rows)
                {
                    text.AppendRow(row);
                }

                CsvText.Read(text.ToString()).Select(row => string.Join('|', row))
                    .ShouldBe(rows.Select(row => string.Join('|', row)));
            }).CheckSeeded();
    }
}
