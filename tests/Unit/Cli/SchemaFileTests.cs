using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>The committed schemas, which `dilaton schema` prints. `./test gen` runs this with
/// DILATON_TEST_GENERATE=1, which writes them anew.</summary>
public sealed class SchemaFileTests
{
    [Theory]
    [InlineData("job")]
    [InlineData("result")]
    [InlineData("validation")]
    public void CommittedSchema_IsThatOfTheRecords(string name)
    {
        string made = name switch
        {
            "job" => JobSchema.Export(),
            "result" => DescribedSchema.OfResult(),
            _ => DescribedSchema.OfValidation(),
        };
        if (Environment.GetEnvironmentVariable("DILATON_TEST_GENERATE") == "1")
        {
            File.WriteAllText(
                Path.Combine(CliFixture.Root(), "docs", $"{name}.schema.json"), made);
            return;
        }

        SchemaCommand.Read(name).ShouldBe(made, "run ./test gen");
    }
}
