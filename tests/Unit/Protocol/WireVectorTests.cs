using System.Text;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>tests/vectors/wire, which C++ reads too. `./test gen` writes the files anew.</summary>
public sealed class WireVectorTests
{
    private static bool Generates =>
        Environment.GetEnvironmentVariable("DILATON_TEST_GENERATE") == "1";

    public static TheoryData<string> Names => [.. WireVectorMaker.All.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryVector_IsEncodedToItsBytes(string name)
    {
        WireVector vector = Vector(name);
        WireVectorFile file = new(vector.Envelope.ToByteArray(), vector.Payload);
        if (Generates)
        {
            File.WriteAllBytes(PathOf(name, "bin"), file.ToBytes());
        }

        File.ReadAllBytes(PathOf(name, "bin")).ShouldBe(file.ToBytes());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryVector_SaysWhatItsTextSays(string name)
    {
        WireVectorFile file = Generates
            ? new(Vector(name).Envelope.ToByteArray(), Vector(name).Payload)
            : WireVectorFile.Read(name);
        Envelope read = Envelope.Parser.ParseFrom(file.Header);
        string text = WireVectorText.Of(Vector(name) with { Payload = file.Payload }, read);
        if (Generates)
        {
            File.WriteAllText(PathOf(name, "txt"), text);
        }

        text.ShouldBe(File.ReadAllText(PathOf(name, "txt")));
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public void EveryBadVector_IsRefused(string name)
    {
        WireVectorFile file = WireVectorFile.Read(name);

        Should.Throw<ProtocolException>(() => ReadAll(file, WireVectorMaker.ShapeOf(name)));
    }

    public static TheoryData<string> BadNames =>
        [.. WireVectorMaker.All.Where(v => v.Refusal is not null).Select(v => v.Name)];

    [Fact]
    public void TheFolder_HasNothingElse()
    {
        IEnumerable<string> expected = WireVectorMaker.All
            .SelectMany(v => new[] { $"{v.Name}.bin", $"{v.Name}.txt" }).Append("README.md");

        Directory.GetFiles(WireVectorFile.Folder).Select(f => Path.GetFileName(f)!)
            .ShouldBe(expected, ignoreOrder: true);
    }

    // As a peer in the session of these vectors reads its second message.
    private static void ReadAll(WireVectorFile file, SessionShape shape)
    {
        MessageReader messages = new();
        messages.Read(new Envelope { Sequence = 1, Resume = new() }.ToByteArray(), 0);
        Envelope envelope = messages.Read(file.Header, file.Payload.Length);
        if (ClusterVectorText.TryAdd(new StringBuilder(), envelope, file.Payload))
        {
            return;
        }

        IntervalReader interval = IntervalReader.Open(
            envelope.Interval, 1, shape, file.Payload);
        for (int i = 0; i < WireVectorMaker.Vcpus; i++)
        {
            interval.TryReadState(i, out _);
        }

        for (int i = 0; i < interval.BlockCount; i++)
        {
            interval.ReadBlock(i);
        }
    }

    private static WireVector Vector(string name) =>
        WireVectorMaker.All.Single(v => v.Name == name);

    private static string PathOf(string name, string extension) =>
        Path.Combine(WireVectorFile.Folder, $"{name}.{extension}");
}
