using System.Text;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>What no conformance case can say of Linux without waiting for it.</summary>
public sealed class LineDisciplineTests
{
    [Fact]
    public void Signals_ForgetTheLineUnlessAskedNotTo()
    {
        Keyboard keyboard = new();
        keyboard.Type("half\u0003rest\n");
        keyboard.Raised.ShouldBe([Signal.SIGINT]);
        keyboard.ReadLine().ShouldBe("rest\n");
        keyboard.Set(local: 0x8a3b | TerminalFlags.NOFLSH);
        keyboard.Type("half\u001a\u001crest\n");
        keyboard.Raised.ShouldBe([Signal.SIGINT, Signal.SIGTSTP, Signal.SIGQUIT]);
        keyboard.ReadLine().ShouldBe("halfrest\n");
    }

    [Fact]
    public void Echo_WaitsWhileOutputIsStopped()
    {
        Keyboard keyboard = new();
        keyboard.Type("\u0013held\n");
        keyboard.Echoed.ShouldBe("");
        keyboard.ReadLine().ShouldBe("held\n");
        keyboard.Type("\u0011");
        keyboard.Echoed.ShouldBe("held\r\n");
    }

    [Fact]
    public void UnfinishedLine_ThatFillsTheBufferTakesItsEnd()
    {
        Keyboard keyboard = new();
        keyboard.Type(new string('x', 5000) + "\n");
        string line = keyboard.ReadLine();
        line.Length.ShouldBe(InputLine.BytesMax);
        line[^1].ShouldBe('\n');
    }

    [Fact]
    public void FullBuffer_TakesNoMoreUntilALineIsRead()
    {
        Keyboard keyboard = new();
        keyboard.Type("line\n" + new string('x', InputLine.BytesMax - 6));
        keyboard.Discipline.TryReceive((byte)'y').ShouldBeFalse();
        keyboard.ReadLine().ShouldBe("line\n");
        keyboard.Discipline.TryReceive((byte)'y').ShouldBeTrue();
    }

    [Fact]
    public void Settings_AreGivenBackAsTheyWereSet()
    {
        TerminalSettings settings = new();
        byte[] bytes = new byte[TerminalSettings.ExtendedSizeBytes];
        settings.Format(bytes);
        (bytes[0], bytes[12], bytes[17 + TerminalFlags.VMIN]) = (0, 2, 9);
        settings.Parse(bytes);
        byte[] again = new byte[TerminalSettings.ExtendedSizeBytes];
        settings.Format(again);
        again.ShouldBe(bytes);
        settings.ControlCharacter(TerminalFlags.VMIN).ShouldBe((byte)9);
    }

    private sealed class Keyboard : ILineSink
    {
        private readonly StringBuilder _echoed = new();

        public Keyboard() => Discipline = new LineDiscipline(new TerminalSettings(), this);

        public LineDiscipline Discipline { get; }

        public List<int> Raised { get; } = [];

        public string Echoed => _echoed.ToString();

        public void Type(string keys)
        {
            foreach (char key in keys)
            {
                Discipline.TryReceive((byte)key).ShouldBeTrue();
            }
        }

        public string ReadLine()
        {
            byte[] bytes = new byte[2 * InputLine.BytesMax];
            return Encoding.Latin1.GetString(bytes, 0, Discipline.Line.TakeLine(bytes));
        }

        public void Set(uint local)
        {
            byte[] bytes = new byte[TerminalSettings.SizeBytes];
            Discipline.Settings.Format(bytes);
            BitConverter.TryWriteBytes(bytes.AsSpan(12), local).ShouldBeTrue();
            Discipline.SetSettings(bytes);
        }

        void ILineSink.Echo(ReadOnlySpan<byte> bytes) =>
            _echoed.Append(Encoding.Latin1.GetString(bytes));

        void ILineSink.Raise(int signal) => Raised.Add(signal);

        void ILineSink.InputReady()
        {
        }

        void ILineSink.FlowChanged(bool isStopped)
        {
        }

        void ILineSink.InputFlushed()
        {
        }
    }
}
